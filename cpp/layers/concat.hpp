#pragma once
#include <algorithm>

#include "core/error.hpp"
#include "layers/tile.hpp"

namespace digitcompress {

struct Concat : LayerBase {
  static constexpr bool kJoins = true, kUsesInput = false;
  static constexpr const char* kName = "Concat";
  static constexpr const char* kNode = "concat";
  static constexpr const char* kDoc = "Channels of its inputs one after the other; rows and columns must agree.";

  [[nodiscard]] Shape output_shape(std::span<const Shape> inputs) const {
    Shape output{0, inputs[0].height, inputs[0].width};
    for (const Shape& shape : inputs) {
      const bool fits = shape.height == output.height && shape.width == output.width;
      require<ShapeError>(fits, "Concat: inputs must have the same rows and columns, got ", inputs[0].text(), " and ", shape.text());
      output.channels += shape.channels;
    }
    return output;
  }
  void forward(const Tile& tile, const Lane* const* inputs, Lane* output) const {
    for (int g = 0; g < tile.groups; g++) {
      for (std::size_t k = 0; k < tile.inputs.size(); k++) {
        const int count = tile.inputs[k].count();
        output = std::copy_n(inputs[k] + static_cast<std::ptrdiff_t>(g) * count, count, output);
      }
    }
  }
  void backward(const Tile& tile, int which, const Lane* output_gradient, Lane* input_gradient) const {
    const auto position = static_cast<std::size_t>(which);
    const int count = tile.inputs[position].count();
    for (std::size_t k = 0; k < position; k++) output_gradient += tile.inputs[k].count();
    for (int g = 0; g < tile.groups; g++, output_gradient += tile.output.count())
      input_gradient = std::copy_n(output_gradient, count, input_gradient);
  }
};

}  // namespace digitcompress
