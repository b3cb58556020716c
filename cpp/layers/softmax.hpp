#pragma once
#include "core/error.hpp"
#include "layers/tile.hpp"

namespace digitcompress {

// Subtracts the largest logit first: exp of a large one overflows float32. Returns the sum of exponentials.
inline Lane softmax(const Lane* logits, int classes, Lane* probabilities, Lane* top = nullptr) {
  Lane highest = logits[0];
  for (int c = 1; c < classes; c++) highest = max(highest, logits[c]);
  Lane total{};
  for (int c = 0; c < classes; c++) total += probabilities[c] = exp(logits[c] - highest);
  const Lane inverse = 1.0f / total;
  for (int c = 0; c < classes; c++) probabilities[c] *= inverse;
  if (top != nullptr) *top = highest;
  return total;
}

struct Softmax : LayerBase {
  static constexpr bool kInPlace = true, kUsesOutput = true;
  static constexpr const char* kName = "Softmax";
  static constexpr const char* kNode = "softmax";
  static constexpr const char* kDoc = "Probabilities ``exp(x) / sum(exp(x))`` over the features. Losses take the logits before it.";

  [[nodiscard]] Shape output_shape(const Shape& input) const {
    require<ShapeError>(input.is_flat(), "Softmax: input must be flat, got ", input.text());
    return input;
  }
  void forward(const Tile& tile, const Lane* input, Lane* output) const {
    const int classes = tile.input().count();
    for (int g = 0; g < tile.groups; g++) softmax(input + g * classes, classes, output + g * classes);
  }
  void backward(const Tile& tile, const Lane*, const Lane* output, const Lane* output_gradient, Lane* input_gradient) const {
    const int classes = tile.input().count();
    for (int g = 0; g < tile.groups; g++) {
      const Lane *y = output + g * classes, *dy = output_gradient + g * classes;
      Lane mean{};
      for (int c = 0; c < classes; c++) mean += y[c] * dy[c];
      for (int c = 0; c < classes; c++) input_gradient[g * classes + c] = y[c] * (dy[c] - mean);
    }
  }
};

}  // namespace digitcompress
