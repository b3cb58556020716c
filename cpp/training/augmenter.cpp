#include "training/augmenter.hpp"

#include <algorithm>
#include <utility>

#include "core/error.hpp"
#include "core/thread_pool.hpp"

namespace digitcompress {
namespace {

constexpr std::uint64_t kAugmentationStream = std::uint64_t{1} << 48;  // parameters, shuffles and layers use streams below
constexpr std::size_t kMostChanges = 16;

// Blocks of random numbers of one change of one sample; see Draws.
std::uint64_t first_block(std::int64_t sample, std::size_t place) {
  return static_cast<std::uint64_t>(sample) << 28 | static_cast<std::uint64_t>(place) << 24;
}

void load(const std::uint8_t* bytes, const float* floats, BorderedImage& image) {
  for (int y = 0; y < image.height(); y++) {
    float* row = image.row(y);
    const std::ptrdiff_t first = static_cast<std::ptrdiff_t>(y) * image.width();
    for (int x = 0; x < image.width(); x++) row[x] = bytes != nullptr ? static_cast<float>(bytes[first + x]) : floats[first + x];
  }
}

void store(const float* values, int count, std::uint8_t* bytes) {
  for (int i = 0; i < count; i++) {
    const float half_more = values[i] + 0.5f;  // values are 0 … 255: cutting this off rounds, and vectors can do it
    bytes[i] = static_cast<std::uint8_t>(static_cast<std::int32_t>(half_more));
  }
}

}  // namespace

Augmenter::Augmenter(std::vector<Augmentation> sequence, const Shape& shape, std::uint64_t seed, int threads)
    : sequence_(std::move(sequence)), shape_(shape), seed_(seed) {
  require(sequence_.size() <= kMostChanges, "augmentation: there must be at most ", kMostChanges, " in a sequence, got ", sequence_.size());
  require<ShapeError>(shape.height <= 4096 && shape.width <= 4096, "augmentation: images must have at most 4096 x 4096 pixels, got ",
                      shape.text());
  const auto tasks = static_cast<std::size_t>(threads > 0 ? threads : default_threads());
  scratch_.assign(tasks, Scratch(shape));
  for (Scratch& scratch : scratch_) {
    for (const Augmentation& each : sequence_) {
      if (const auto* elastic = std::get_if<Elastic>(&each)) scratch.displacement.reserve(elastic->sigma);
    }
  }
}

Augmenter::~Augmenter() = default;

void Augmenter::run(const Images& source, const std::uint32_t* order, std::int64_t count, std::uint64_t epoch,
                    const AugmentedRows& output) {
  require<ShapeError>(source.features == shape_.count(), "augmentation: images must have ", shape_.count(), " values, got ",
                      source.features);
  const Random random(seed_, kAugmentationStream + epoch);
  const auto tasks = static_cast<std::int64_t>(scratch_.size());
  parallel_for(static_cast<int>(tasks), static_cast<int>(tasks), [&](int task) {
    for (std::int64_t i = count * task / tasks; i < count * (task + 1) / tasks; i++) {
      const std::int64_t sample = order == nullptr ? i : order[i];
      change(source, sample, random, scratch_[static_cast<std::size_t>(task)], output, output.keeps_rows ? sample : i);
    }
  });
}

void Augmenter::change(const Images& source, std::int64_t sample, const Random& random, Scratch& scratch, const AugmentedRows& output,
                       std::int64_t row) const {
  scratch.warp.reset();
  for (std::size_t place = sequence_.size(); place-- > 0;) {
    const Draws draws{random, first_block(sample, place)};
    std::visit([&](const auto& kind) { kind.apply(draws, scratch.warp, scratch.displacement); }, sequence_[place]);
  }
  const int pixels = shape_.height * shape_.width;
  for (int channel = 0; channel < shape_.channels; channel++) {
    const std::ptrdiff_t from = sample * source.features + channel * pixels, to = row * source.features + channel * pixels;
    load(source.bytes == nullptr ? nullptr : source.bytes + from, source.floats == nullptr ? nullptr : source.floats + from,
         scratch.source);
    scratch.warp.read(scratch.source, scratch.values.data());
    const auto* values = reinterpret_cast<const float*>(scratch.values.data());
    if (source.bytes != nullptr)
      store(values, pixels, output.bytes + to);
    else
      std::copy_n(values, pixels, output.floats + to);
  }
}

}  // namespace digitcompress
