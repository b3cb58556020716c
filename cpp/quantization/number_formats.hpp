#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "core/parameter_transform.hpp"

namespace digitcompress {

inline constexpr int kMinBits = 1, kMaxBits = 16;

// A way to write real numbers in a few bits. No hyper-parameters besides the width, so a row in a table.
struct NumberFormat {
  const char* name;
  const char* doc;
  // Rounds values to the format's grid, in place.
  void (*round_nearest)(std::span<float> values, int bits);
  // Rounds each value to one of its two neighbours on the grid so that the expectation is the value; `seed` and `stream` key the draws.
  void (*round_stochastic)(std::span<float> values, int bits, std::uint64_t seed, std::uint64_t stream);
  // Whether decoding needs a scale beside the codes, and the bits a stored code takes.
  bool has_scale;
  int (*code_bits)(int bits);
};

[[nodiscard]] std::span<const NumberFormat> number_formats();
[[nodiscard]] const NumberFormat& find_number_format(std::string_view name);
void require_bits(const char* where, int bits);

// Fake quantization of a parameter: rounded weights in the pass; with gradient_bits > 0, stochastically rounded gradients after it. The
// rounding of the weights is invisible to the gradient (straight-through, Bengio et al. 2013).
[[nodiscard]] ParameterTransform fake_quantization(const NumberFormat& format, int weight_bits, int gradient_bits, std::uint64_t seed,
                                                   std::uint64_t parameter);

}  // namespace digitcompress
