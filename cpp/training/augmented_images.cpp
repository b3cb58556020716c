#include "training/augmented_images.hpp"

namespace digitcompress {

AugmentedImages::AugmentedImages(const LabelledImages& source, const Shape& shape, const std::vector<Augmentation>& sequence,
                                 std::uint64_t seed, int threads)
    : source_(source.images), data_(source) {
  if (sequence.empty()) return;
  augmenter_.emplace(sequence, shape, seed, threads);
  data_.changes = true;
  const std::int64_t values = source_.count * source_.features;
  if (source_.bytes != nullptr) {
    bytes_.assign(source_.bytes, source_.bytes + values);
    data_.images.bytes = bytes_.data();
  } else {
    floats_.assign(source_.floats, source_.floats + values);
    data_.images.floats = floats_.data();
  }
}

void AugmentedImages::change(const std::uint32_t* order, std::int64_t count, std::int64_t epoch) {
  if (!augmenter_) return;
  const AugmentedRows rows{bytes_.empty() ? nullptr : bytes_.data(), floats_.empty() ? nullptr : floats_.data(), true};
  augmenter_->run(source_, order, count, static_cast<std::uint64_t>(epoch), rows);
}

}  // namespace digitcompress
