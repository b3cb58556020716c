#pragma once
#include "core/error.hpp"
#include "core/field.hpp"
#include "layers/tile.hpp"

namespace digitcompress {

// Sets values to zero while training, each by a draw of its own, and scales the others up; identity otherwise.
struct Dropout : LayerBase {
  float rate = 0.5f;

  static constexpr bool kInPlace = true, kUsesInput = false;
  static constexpr const char* kName = "Dropout";
  static constexpr const char* kNode = "dropout";
  static constexpr const char* kDoc = "Drops values while training (Srivastava et al. 2014), scaling the others by ``1 / (1 - rate)``.";
  static constexpr auto fields() { return std::tuple{Field{"rate", &Dropout::rate, "Share of values dropped, in [0, 1); to 1/65536."}}; }

  void validate() const { require(rate >= 0.0f && rate < 1.0f, "Dropout: rate must be in [0, 1), got ", rate); }
  [[nodiscard]] Shape output_shape(const Shape& input) const { return input; }
  [[nodiscard]] std::size_t saved_lanes(const Shape& input) const { return static_cast<std::size_t>(input.count()); }

  void forward(const Tile& tile, const Lane* input, Lane* output) const {
    if (tile.is_training()) draw(tile);
    for_each_lane(tile, [&](std::ptrdiff_t i) { output[i] = tile.is_training() ? input[i] * tile.saved[i] : input[i]; });
  }
  void backward(const Tile& tile, const Lane*, const Lane*, const Lane* output_gradient, Lane* input_gradient) const {
    for_each_lane(tile, [&](std::ptrdiff_t i) { input_gradient[i] = tile.saved[i] * output_gradient[i]; });
  }

 private:
  // Factors of a tile: 0 or 1 / (1 - rate), from 16 random bits each.
  void draw(const Tile& tile) const {
    constexpr int per_block = 8, blocks = kLanes / per_block;
    const auto threshold = static_cast<std::uint32_t>(rate * 65536.0f + 0.5f);
    const float scale = 1.0f / (1.0f - rate);
    const auto start = static_cast<std::uint64_t>(tile.first_group) * static_cast<std::uint64_t>(tile.input().count());
    for_each_lane(tile, [&](std::ptrdiff_t i) {
      for (int b = 0; b < blocks; b++) {
        const auto words = tile.random->block((start + static_cast<std::uint64_t>(i)) * blocks + static_cast<std::uint64_t>(b));
        for (int k = 0; k < per_block; k++) {
          const std::uint32_t bits = words[static_cast<std::size_t>(k / 2)] >> (k % 2 * 16) & 0xffff;
          tile.saved[i][b * per_block + k] = bits < threshold ? 0.0f : scale;
        }
      }
    });
  }
};

}  // namespace digitcompress
