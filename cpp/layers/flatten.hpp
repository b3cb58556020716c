#pragma once
#include "layers/tile.hpp"

namespace digitcompress {

// Base of the layers that only see their input under another shape.
struct ViewLayer : LayerBase {
  static constexpr bool kKeepsValues = true, kUsesInput = false;

  void forward(const Tile& tile, const Lane* input, Lane* output) const {
    for_each_lane(tile, [&](std::ptrdiff_t i) { output[i] = input[i]; });
  }
  void backward(const Tile& tile, const Lane*, const Lane*, const Lane* output_gradient, Lane* input_gradient) const {
    for_each_lane(tile, [&](std::ptrdiff_t i) { input_gradient[i] = output_gradient[i]; });
  }
};

struct Flatten : ViewLayer {
  static constexpr const char* kName = "Flatten";
  static constexpr const char* kNode = "flatten";
  static constexpr const char* kDoc = "Channels, rows and columns become one flat vector, in this order.";

  [[nodiscard]] Shape output_shape(const Shape& input) const { return {input.count(), 1, 1}; }
};

}  // namespace digitcompress
