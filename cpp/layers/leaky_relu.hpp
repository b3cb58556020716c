#pragma once
#include "core/error.hpp"
#include "core/field.hpp"
#include "layers/elementwise.hpp"

namespace digitcompress {

struct LeakyReLU : ElementwiseInPlace<LeakyReLU> {
  float negative_slope = 0.01f;

  static constexpr const char* kName = "LeakyReLU";
  static constexpr const char* kNode = "leaky_relu";
  static constexpr const char* kDoc = "``x`` where positive, else ``slope * x``.";
  static constexpr auto fields() { return std::tuple{Field{"slope", &LeakyReLU::negative_slope, "Slope for negative inputs, in 0..1."}}; }

  void validate() const {
    require(negative_slope >= 0.0f && negative_slope <= 1.0f, "LeakyReLU: slope must be in 0..1, got ", negative_slope);
  }
  [[nodiscard]] bool keeps_order() const { return true; }
  [[nodiscard]] Lane value(const Lane& x) const { return x > 0.0f ? x : x * negative_slope; }
  [[nodiscard]] Lane slope(const Lane&, const Lane& y) const { return y > 0.0f ? broadcast(1.0f) : broadcast(negative_slope); }
};

}  // namespace digitcompress
