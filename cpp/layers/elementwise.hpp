#pragma once
#include <tuple>
#include <vector>

#include "layers/tile.hpp"

namespace digitcompress {

// Base of the layers that map each value by itself. `Layer` offers
//   Lane value(Lane x) const;  Lane slope(Lane x, Lane y) const;   // y = value(x), slope = dy/dx
template <class Layer>
struct Elementwise {
  static constexpr auto fields() { return std::tuple{}; }

  void validate() const {}
  [[nodiscard]] Shape output_shape(const Shape& input) const { return input; }
  [[nodiscard]] std::vector<ParameterSpec> parameters(const Shape&) const { return {}; }
  [[nodiscard]] long multiply_adds(const Shape&) const { return 0; }

  void forward(const Tile& tile, const Lane* input, Lane* output) const {
    const auto& layer = static_cast<const Layer&>(*this);
    for_each_lane(tile, [&](std::ptrdiff_t i) { output[i] = layer.value(input[i]); });
  }
  void backward(const Tile& tile, const Lane* input, const Lane* output, const Lane* output_gradient, Lane* input_gradient) const {
    if (input_gradient == nullptr) return;
    const auto& layer = static_cast<const Layer&>(*this);
    for_each_lane(tile, [&](std::ptrdiff_t i) { input_gradient[i] = output_gradient[i] * layer.slope(input[i], output[i]); });
  }
};

}  // namespace digitcompress
