#pragma once
#include "core/error.hpp"
#include "core/field.hpp"
#include "layers/tile.hpp"

namespace digitcompress {

struct Upsample : LayerBase {
  static constexpr bool kUsesInput = false;
  int factor = 2;

  static constexpr const char* kName = "Upsample";
  static constexpr const char* kNode = "upsample";
  static constexpr const char* kDoc = "Repeats each place ``factor`` times in both directions (nearest neighbour).";
  static constexpr auto fields() { return std::tuple{Field{"factor", &Upsample::factor, "Repetitions, in 1..64."}}; }

  void validate() const { require(factor >= 1 && factor <= 64, "Upsample: factor must be in 1..64, got ", factor); }
  [[nodiscard]] Shape output_shape(const Shape& input) const { return {input.channels, input.height * factor, input.width * factor}; }

  void forward(const Tile& tile, const Lane* input, Lane* output) const {
    for_places(tile, [&](std::ptrdiff_t from, std::ptrdiff_t to) { output[to] = input[from]; });
  }
  void backward(const Tile& tile, const Lane*, const Lane*, const Lane* output_gradient, Lane* input_gradient) const {
    for_each_lane(tile, [&](std::ptrdiff_t i) { input_gradient[i] = Lane{}; });
    for_places(tile, [&](std::ptrdiff_t to, std::ptrdiff_t from) { input_gradient[to] += output_gradient[from]; });
  }

 private:
  // Calls use(place of the input, place of the output) for every place of the output.
  template <class Use>
  void for_places(const Tile& tile, const Use& use) const {
    std::ptrdiff_t to = 0;
    for (std::ptrdiff_t plane = 0; plane < static_cast<std::ptrdiff_t>(tile.groups) * tile.output.channels; plane++) {
      for (int y = 0; y < tile.output.height; y++) {
        const std::ptrdiff_t row = (plane * tile.input().height + y / factor) * tile.input().width;
        for (int x = 0; x < tile.output.width; x++) use(row + x / factor, to++);
      }
    }
  }
};

}  // namespace digitcompress
