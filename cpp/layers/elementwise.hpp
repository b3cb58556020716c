#pragma once
#include "layers/tile.hpp"

namespace digitcompress {

// Base of the layers that map each value by itself. `Layer` offers
//   Lane value(Lane x) const;  Lane slope(Lane x, Lane y) const;   // y = value(x), slope = dy/dx
// and sets kInPlace and kUsesOutput if its slope follows from y alone.
template <class Layer>
struct Elementwise : LayerBase {
  [[nodiscard]] Shape output_shape(const Shape& input) const { return input; }

  void forward(const Tile& tile, const Lane* input, Lane* output) const {
    const auto& layer = static_cast<const Layer&>(*this);
    for_each_lane(tile, [&](std::ptrdiff_t i) { output[i] = layer.value(input[i]); });
  }
  void backward(const Tile& tile, const Lane* input, const Lane* output, const Lane* output_gradient, Lane* input_gradient) const {
    const auto& layer = static_cast<const Layer&>(*this);
    for_each_lane(tile, [&](std::ptrdiff_t i) { input_gradient[i] = output_gradient[i] * layer.slope(input[i], output[i]); });
  }
};

// An elementwise layer whose slope follows from its output.
template <class Layer>
struct ElementwiseInPlace : Elementwise<Layer> {
  static constexpr bool kInPlace = true, kUsesOutput = true;
};

}  // namespace digitcompress
