#pragma once
#include "layers/elementwise.hpp"

namespace digitcompress {

struct Sigmoid : ElementwiseInPlace<Sigmoid> {
  static constexpr const char* kName = "Sigmoid";
  static constexpr const char* kNode = "sigmoid";
  static constexpr const char* kDoc = "Logistic function: ``1 / (1 + exp(-x))``.";

  [[nodiscard]] Lane value(const Lane& x) const { return digitcompress::sigmoid(x); }
  [[nodiscard]] Lane slope(const Lane&, const Lane& y) const { return y * (1.0f - y); }
};

}  // namespace digitcompress
