#pragma once
#include <algorithm>

#include "layers/elementwise.hpp"

namespace digitcompress {

struct Flatten : Elementwise<Flatten> {
  static constexpr const char* kName = "Flatten";
  static constexpr const char* kNode = "flatten";
  static constexpr const char* kDoc = "Channels, rows and columns become one flat vector, in this order.";

  [[nodiscard]] Shape output_shape(const Shape& input) const { return {input.count(), 1, 1}; }
  [[nodiscard]] Lane value(const Lane& x) const { return x; }
  [[nodiscard]] Lane slope(const Lane&, const Lane&) const { return broadcast(1.0f); }
};

}  // namespace digitcompress
