#include "quantization/number_formats.hpp"

#include <Eigen/Core>

#include <algorithm>
#include <array>
#include <cmath>

#include "core/error.hpp"
#include "core/random.hpp"
#include "core/registry.hpp"

namespace digitcompress {
namespace {

constexpr std::uint64_t kRoundingStream = 2'000'000;

using Array = Eigen::Map<Eigen::ArrayXf>;

Array as_array(std::span<float> values) { return {values.data(), static_cast<Eigen::Index>(values.size())}; }

float largest_magnitude(std::span<float> values) { return values.empty() ? 0.0f : as_array(values).abs().maxCoeff(); }

// Codes -levels … levels, zero included; a single bit has room for the sign alone.
int symmetric_levels(int bits) { return (1 << (bits - 1)) - 1; }

void symmetric_nearest(std::span<float> values, int bits) {
  if (bits == 1) {  // zeros stay: they stand for pruned weights
    const auto nonzero = std::count_if(values.begin(), values.end(), [](float v) { return v != 0.0f; });
    // In double: a float sum depends on the processor level, and the mean of equal values would not be that value.
    const double sum = as_array(values).abs().cast<double>().sum();
    const float mean = nonzero == 0 ? 0.0f : static_cast<float>(sum / static_cast<double>(nonzero));
    for (float& v : values) v = v < 0.0f ? -mean : (v > 0.0f ? mean : 0.0f);
    return;
  }
  const float step = largest_magnitude(values) / static_cast<float>(symmetric_levels(bits));
  if (step <= 0.0f) return;                                            // all zero
  for (float& v : values) v = std::nearbyint(v / step) * step + 0.0f;  // codes know no negative zero
}

// u in [0, 1) rounds v up when it falls below v's fraction, which is exact: v + u would round, and push whole numbers up.
float stochastic(float v, float u) {
  const float below = std::floor(v);
  return below + (u < v - below ? 1.0f : 0.0f);
}

void symmetric_stochastic(std::span<float> values, int bits, std::uint64_t seed, std::uint64_t stream) {
  const Random random(seed, stream);
  const float top = largest_magnitude(values);
  if (top <= 0.0f) return;
  if (bits == 1) {  // the two codes are ± the largest magnitude
    for (std::size_t i = 0; i < values.size(); i++)
      values[i] = stochastic((values[i] / top + 1.0f) * 0.5f, random.uniform(i)) > 0.5f ? top : -top;
    return;
  }
  const float levels = static_cast<float>(symmetric_levels(bits)), step = top / levels;
  for (std::size_t i = 0; i < values.size(); i++) {
    values[i] = std::clamp(stochastic(values[i] / step, random.uniform(i)), -levels, levels) * step;
  }
}

// The loss study's own format: a fixed scale for everything, rounding toward zero, saturation at ±1.
void truncated_nearest(std::span<float> values, int bits) {
  const float scale = static_cast<float>((1 << bits) - 1);
  for (float& v : values) v = std::trunc(std::clamp(v * scale, -scale, scale)) / scale;
}

void truncated_stochastic(std::span<float> values, int bits, std::uint64_t seed, std::uint64_t stream) {
  const Random random(seed, stream);
  const float scale = static_cast<float>((1 << bits) - 1);
  for (std::size_t i = 0; i < values.size(); i++) {
    values[i] = std::clamp(stochastic(values[i] * scale, random.uniform(i)), -scale, scale) / scale;
  }
}

int same_bits(int bits) { return bits; }
int one_more_bit(int bits) { return bits + 1; }  // codes -(2^b - 1) … 2^b - 1

constexpr std::array kNumberFormats{
    NumberFormat{"symmetric", "Codes around 0 with one scale a tensor, its largest magnitude; 1 bit: sign times mean magnitude.",
                 &symmetric_nearest, &symmetric_stochastic, true, &same_bits},
    NumberFormat{"truncated", "Fixed scale 2^bits - 1, rounded toward zero, saturating at ±1, as the loss study does.", &truncated_nearest,
                 &truncated_stochastic, false, &one_more_bit},
};

}  // namespace

std::span<const NumberFormat> number_formats() { return kNumberFormats; }
const NumberFormat& find_number_format(std::string_view name) { return find_row(number_formats(), "number format", name); }

void require_bits(const char* where, int bits) {
  require(bits >= kMinBits && bits <= kMaxBits, where, ": bits must be in ", kMinBits, "..", kMaxBits, ", got ", bits);
}

ParameterTransform fake_quantization(const NumberFormat& format, int weight_bits, int gradient_bits, std::uint64_t seed,
                                     std::uint64_t parameter) {
  ParameterTransform transform;
  if (weight_bits > 0) {
    require_bits("Quantization", weight_bits);
    transform.effective = [&format, weight_bits](std::span<float> weights) { format.round_nearest(weights, weight_bits); };
  }
  if (gradient_bits > 0) {
    require_bits("Quantization", gradient_bits);
    transform.gradient = [&format, gradient_bits, seed, parameter](std::span<float> gradient, std::int64_t step) {
      const std::uint64_t stream = kRoundingStream + parameter + (static_cast<std::uint64_t>(step) << 32);
      format.round_stochastic(gradient, gradient_bits, seed, stream);
    };
  }
  return transform;
}

}  // namespace digitcompress
