#pragma once
#include "core/error.hpp"
#include "layers/tile.hpp"

namespace digitcompress {

struct Add : LayerBase {
  static constexpr bool kJoins = true, kUsesInput = false;
  static constexpr const char* kName = "Add";
  static constexpr const char* kNode = "add";
  static constexpr const char* kDoc = "Sum of its inputs, which have one shape: the join of a residual network.";

  [[nodiscard]] Shape output_shape(std::span<const Shape> inputs) const {
    for (const Shape& shape : inputs) {
      require<ShapeError>(shape == inputs[0], "Add: inputs must have one shape, got ", inputs[0].text(), " and ", shape.text());
    }
    return inputs[0];
  }
  void forward(const Tile& tile, const Lane* const* inputs, Lane* output) const {
    for_each_lane(tile, [&](std::ptrdiff_t i) {
      Lane total = inputs[0][i];
      for (std::size_t k = 1; k < tile.inputs.size(); k++) total += inputs[k][i];
      output[i] = total;
    });
  }
  void backward(const Tile& tile, int, const Lane* output_gradient, Lane* input_gradient) const {
    for_each_lane(tile, [&](std::ptrdiff_t i) { input_gradient[i] = output_gradient[i]; });
  }
};

}  // namespace digitcompress
