#pragma once
#include "layers/tile.hpp"

namespace digitcompress {

struct Length : LayerBase {
  static constexpr bool kUsesOutput = true;
  static constexpr const char* kName = "Length";
  static constexpr const char* kNode = "length";
  static constexpr const char* kDoc =
      "Euclidean length of each channel, as of capsules: a flat vector of channels. Its gradient is 0 at 0.";

  [[nodiscard]] Shape output_shape(const Shape& input) const { return {input.channels, 1, 1}; }
  [[nodiscard]] long multiply_adds(const Shape& input) const { return input.count(); }

  void forward(const Tile& tile, const Lane* input, Lane* output) const {
    const int size = tile.input().height * tile.input().width;
    for (int i = 0; i < tile.groups * tile.output.channels; i++, input += size) {
      Lane total{};
      for (int k = 0; k < size; k++) total += input[k] * input[k];
      output[i] = sqrt(total);
    }
  }
  void backward(const Tile& tile, const Lane* input, const Lane* output, const Lane* output_gradient, Lane* input_gradient) const {
    const int size = tile.input().height * tile.input().width;
    for (int i = 0; i < tile.groups * tile.output.channels; i++, input += size, input_gradient += size) {
      const Lane factor = output_gradient[i] / max(output[i], broadcast(1e-30f));
      for (int k = 0; k < size; k++) input_gradient[k] = factor * input[k];
    }
  }
};

}  // namespace digitcompress
