#pragma once
#include "core/error.hpp"
#include "core/field.hpp"
#include "layers/tile.hpp"

namespace digitcompress {

// Rounds activations to a uniform grid over [0, range] or [-range, range]; the gradient passes straight through inside the range and stops
// where values are clipped (Bengio et al. 2013; Jacob et al. 2018). `range` is a parameter that follows the data, not the gradient: the
// largest magnitude of the step before. A range of 0 is not calibrated yet and lets everything pass.
struct FakeQuantize : LayerBase {
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
  [[nodiscard]] std::vector<ParameterSpec> parameters(const Shape&) const { return {{.name = "range", .shape = {1}, .trainable = false}}; }
  [[nodiscard]] std::size_t saved_lanes(const Shape&) const { return 1; }   // the largest magnitude of each lane
  [[nodiscard]] std::size_t summary_size(const Shape&) const { return 1; }  // and of the batch
  // Codes lie in 0..levels or -levels..levels; one signed bit keeps the sign alone, which is levels = 1 without the 0.
  [[nodiscard]] int levels() const { return is_signed ? (bits == 1 ? 1 : (1 << (bits - 1)) - 1) : (1 << bits) - 1; }

  void forward(const Tile& tile, const Lane* input, Lane* output) const {
    const std::ptrdiff_t count = tile.input().count();
    if (tile.saved != nullptr) save_largest(tile, input);
    const float range = tile.parameters[0][0];
    if (range <= 0.0f) {
      std::copy_n(input, tile.groups * count, output);
      return;
    }
    const float step = range / static_cast<float>(levels()), inverse = static_cast<float>(levels()) / range;
    const Lane low = broadcast(is_signed ? -range : 0.0f), high = broadcast(range);
    const bool sign_only = is_signed && bits == 1;
    for_each_lane(tile, [&](std::ptrdiff_t i) {
      const Lane x = input[i];
      const Lane code = round(min(high, max(low, x)) * inverse);
      output[i] = sign_only ? (x >= 0.0f ? high : low) : code * step;
    });
  }

  void backward(const Tile& tile, const Lane* input, const Lane*, const Lane* output_gradient, Lane* input_gradient) const {
    const float range = tile.parameters[0][0];
    const Lane low = broadcast(is_signed ? -range : 0.0f), high = broadcast(range);
    for_each_lane(tile, [&](std::ptrdiff_t i) {
      const Lane x = input[i];
      const Lane inside = x >= low ? (x <= high ? output_gradient[i] : Lane{}) : Lane{};
      input_gradient[i] = range > 0.0f ? inside : output_gradient[i];
    });
  }

  void summarize(const Tile& block, bool is_first) const {
    Lane top{};
    for (int g = 0; g < block.groups; g++) top = max(top, block.saved[g]);
    block.summary[0] = is_first ? largest(top) : std::max(block.summary[0], largest(top));
  }
  // The range of the next step is the largest magnitude of this one.
  void learn(const Tile& batch, float* const* stored) const { *stored[0] = batch.summary[0]; }

 private:
  static void save_largest(const Tile& tile, const Lane* input) {
    const std::ptrdiff_t count = tile.input().count();
    for (int g = 0; g < tile.groups; g++) {
      Lane top{};
      for (std::ptrdiff_t i = g * count; i < (g + 1) * count; i++) top = max(top, abs(input[i]));
      tile.saved[g] = top;
    }
  }
};

}  // namespace digitcompress
