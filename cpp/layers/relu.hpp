#pragma once
#include "layers/elementwise.hpp"

namespace digitcompress {

struct ReLU : ElementwiseInPlace<ReLU> {
  static constexpr const char* kName = "ReLU";
  static constexpr const char* kNode = "relu";
  static constexpr const char* kDoc = "Rectified linear unit: ``max(x, 0)``; its slope at 0 is 0.";

  [[nodiscard]] bool keeps_order() const { return true; }
  [[nodiscard]] Lane value(const Lane& x) const { return x < 0.0f ? Lane{} : x; }  // keeps a NaN visible
  [[nodiscard]] Lane slope(const Lane&, const Lane& y) const { return y > 0.0f ? broadcast(1.0f) : Lane{}; }
};

}  // namespace digitcompress
