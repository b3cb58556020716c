#pragma once
#include <tuple>
#include <vector>

#include "core/error.hpp"
#include "core/field.hpp"
#include "layers/tile.hpp"

namespace digitcompress {

// Rounds activations to a uniform grid over [0, range] or [-range, range]; the gradient passes straight through inside the range and stops
// where values are clipped (Bengio et al. 2013; Jacob et al. 2018). `range` is a parameter the trainer sets, not the optimizer: the largest
// magnitude of the step before. A range of 0 is not calibrated yet and lets everything pass.
struct FakeQuantize {
  int bits = 8;
  bool is_signed = false;

  static constexpr const char* kName = "FakeQuantize";
  static constexpr const char* kNode = "quantize";
  static constexpr const char* kDoc = "Rounds activations to ``2**bits`` levels; straight-through gradient.";
  static constexpr auto fields() {
    return std::tuple{Field{"bits", &FakeQuantize::bits, "Width of one code, in 1..16."},
                      Field{"signed", &FakeQuantize::is_signed, "Whether codes lie symmetrically around 0 instead of from 0 up."}};
  }

  void validate() const { require(bits >= 1 && bits <= 16, "FakeQuantize: bits must be in 1..16, got ", bits); }
  [[nodiscard]] Shape output_shape(const Shape& input) const { return input; }
  [[nodiscard]] std::vector<ParameterSpec> parameters(const Shape&) const { return {{"range", {1}, 0, 0, false}}; }
  [[nodiscard]] long multiply_adds(const Shape&) const { return 0; }
  // Codes lie in 0..levels or -levels..levels; one signed bit keeps the sign alone, which is levels = 1 without the 0.
  [[nodiscard]] int levels() const { return is_signed ? (bits == 1 ? 1 : (1 << (bits - 1)) - 1) : (1 << bits) - 1; }

  void forward(const Tile& tile, const Lane* input, Lane* output) const {
    const float range = tile.parameters[0][0];
    Lane top{};
    if (range > 0.0f) {
      const float step = range / static_cast<float>(levels()), inverse = static_cast<float>(levels()) / range;
      const Lane low = broadcast(is_signed ? -range : 0.0f), high = broadcast(range);
      const bool sign_only = is_signed && bits == 1;
      for_each_lane(tile, [&](std::ptrdiff_t i) {
        const Lane x = input[i];
        top = max(top, abs(x));
        const Lane code = round(min(high, max(low, x)) * inverse);
        output[i] = sign_only ? (x >= 0.0f ? high : low) : code * step;
      });
    } else {
      for_each_lane(tile, [&](std::ptrdiff_t i) {
        top = max(top, abs(input[i]));
        output[i] = input[i];
      });
    }
    if (tile.largest_seen != nullptr) *tile.largest_seen = std::max(*tile.largest_seen, largest(top));
  }

  void backward(const Tile& tile, const Lane* input, const Lane*, const Lane* output_gradient, Lane* input_gradient) const {
    if (input_gradient == nullptr) return;
    const float range = tile.parameters[0][0];
    const Lane low = broadcast(is_signed ? -range : 0.0f), high = broadcast(range);
    for_each_lane(tile, [&](std::ptrdiff_t i) {
      const Lane x = input[i];
      const Lane inside = x >= low ? (x <= high ? output_gradient[i] : Lane{}) : Lane{};
      input_gradient[i] = range > 0.0f ? inside : output_gradient[i];
    });
  }
};

}  // namespace digitcompress
