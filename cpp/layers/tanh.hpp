#pragma once
#include "layers/elementwise.hpp"

namespace digitcompress {

struct Tanh : ElementwiseInPlace<Tanh> {
  static constexpr const char* kName = "Tanh";
  static constexpr const char* kNode = "tanh";
  static constexpr const char* kDoc = "Hyperbolic tangent.";

  [[nodiscard]] Lane value(const Lane& x) const { return digitcompress::tanh(x); }
  [[nodiscard]] Lane slope(const Lane&, const Lane& y) const { return 1.0f - y * y; }
};

}  // namespace digitcompress
