#include <cmath>
#include <cstddef>
#include <cstdint>
#include <doctest/doctest.h>
#include <vector>

#include "training/augmenter.hpp"

// Changes images of every kind and odd size, so that the sanitizers see each place that is read.
namespace digitcompress {
namespace {

constexpr std::int64_t kSamples = 9;

std::vector<std::uint8_t> make_bytes(const Shape& shape) {
  const Random random(3, 1);
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(kSamples * shape.count()));
  for (std::size_t i = 0; i < bytes.size(); i++) bytes[i] = static_cast<std::uint8_t>(Random::below(random.bits(i), 256));
  return bytes;
}

std::vector<std::vector<Augmentation>> sequences() {
  Affine wild;
  wild.rotation = 180.0f, wild.scale = 0.9f, wild.shear = 60.0f, wild.shift = 1000.0f;
  Elastic wilder;
  wilder.alpha = 1e4f, wilder.sigma = 0.1f;
  return {{}, {wild}, {Shift{1000}}, {wilder}, {Elastic{}, wild, Shift{}, wilder}};
}

}  // namespace

TEST_CASE("augmentation reads inside its images, and threads change nothing") {
  for (const Shape& shape : {Shape{1, 28, 28}, Shape{2, 5, 17}, Shape{1, 1, 1}, Shape{1, 40, 3}}) {
    const std::vector<std::uint8_t> bytes = make_bytes(shape);
    const std::vector<float> floats(bytes.begin(), bytes.end());
    for (const auto& sequence : sequences()) {
      std::vector<std::uint8_t> alone(bytes.size()), together(bytes.size());
      Augmenter(sequence, shape, 5, 1).run({bytes.data(), nullptr, kSamples, shape.count()}, nullptr, kSamples, 2, {alone.data(), nullptr});
      Augmenter(sequence, shape, 5, 4)
          .run({bytes.data(), nullptr, kSamples, shape.count()}, nullptr, kSamples, 2, {together.data(), nullptr});
      CHECK(alone == together);
      std::vector<float> changed(floats.size());
      Augmenter(sequence, shape, 5, 1)
          .run({nullptr, floats.data(), kSamples, shape.count()}, nullptr, kSamples, 2, {nullptr, changed.data()});
      for (std::size_t i = 0; i < changed.size(); i++) REQUIRE(alone[i] == static_cast<std::uint8_t>(std::lround(changed[i])));
    }
  }
}

TEST_CASE("a batch goes to rows of its own or to its rows in the source, changed alike") {
  const Shape shape{1, 8, 8};
  const std::vector<std::uint8_t> bytes = make_bytes(shape);
  const Images source{bytes.data(), nullptr, kSamples, shape.count()};
  const std::vector<std::uint32_t> order = {7, 2, 5};
  std::vector<std::uint8_t> all(bytes.size()), batch(3 * 64), kept(bytes.size(), 77);
  Augmenter augmenter({Affine{}, Elastic{}}, shape, 5, 2);
  augmenter.run(source, nullptr, kSamples, 1, {all.data(), nullptr});
  augmenter.run(source, order.data(), 3, 1, {batch.data(), nullptr});
  augmenter.run(source, order.data(), 3, 1, {kept.data(), nullptr, true});
  for (std::size_t row = 0; row < kSamples; row++) {
    const bool is_drawn = row == 7 || row == 2 || row == 5;
    for (std::size_t p = 0; p < 64; p++) REQUIRE(kept[row * 64 + p] == (is_drawn ? all[row * 64 + p] : 77));
  }
  for (std::size_t i = 0; i < order.size(); i++) {
    for (std::size_t p = 0; p < 64; p++) REQUIRE(batch[i * 64 + p] == all[order[i] * 64 + p]);
  }
}

}  // namespace digitcompress
