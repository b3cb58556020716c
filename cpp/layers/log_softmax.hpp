#pragma once
#include "core/error.hpp"
#include "layers/tile.hpp"

namespace digitcompress {

struct LogSoftmax : LayerBase {
  static constexpr bool kInPlace = true, kUsesOutput = true;
  static constexpr const char* kName = "LogSoftmax";
  static constexpr const char* kNode = "logsoftmax";
  static constexpr const char* kDoc = "Log-probabilities ``x - log(sum(exp(x)))`` over the features, for the loss ``nll``.";

  [[nodiscard]] Shape output_shape(const Shape& input) const {
    require<ShapeError>(input.is_flat(), "LogSoftmax: input must be flat, got ", input.text());
    return input;
  }
  void forward(const Tile& tile, const Lane* input, Lane* output) const {
    const int classes = tile.input().count();
    for (int g = 0; g < tile.groups; g++) {
      const Lane* x = input + g * classes;
      Lane highest = x[0], total{};
      for (int c = 1; c < classes; c++) highest = max(highest, x[c]);
      for (int c = 0; c < classes; c++) total += exp(x[c] - highest);
      const Lane shift = highest + log(total);
      for (int c = 0; c < classes; c++) output[g * classes + c] = x[c] - shift;
    }
  }
  void backward(const Tile& tile, const Lane*, const Lane* output, const Lane* output_gradient, Lane* input_gradient) const {
    const int classes = tile.input().count();
    for (int g = 0; g < tile.groups; g++) {
      const Lane *y = output + g * classes, *dy = output_gradient + g * classes;
      Lane total{};
      for (int c = 0; c < classes; c++) total += dy[c];
      for (int c = 0; c < classes; c++) input_gradient[g * classes + c] = dy[c] - exp(y[c]) * total;
    }
  }
};

}  // namespace digitcompress
