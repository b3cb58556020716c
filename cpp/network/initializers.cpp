#include "network/initializers.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/random.hpp"
#include "core/registry.hpp"

namespace digitcompress {
namespace {

void uniform(float limit, std::uint64_t seed, std::uint64_t stream, std::span<float> values) {
  const Random random(seed, stream);
  for (std::size_t i = 0; i < values.size(); i++) values[i] = limit * (2.0f * random.uniform(i) - 1.0f);
}

void normal(float deviation, std::uint64_t seed, std::uint64_t stream, std::span<float> values) {
  const Random random(seed, stream);
  for (std::size_t i = 0; i < values.size(); i++) values[i] = deviation * random.normal(i);
}

// Redraws what lies beyond two deviations, as Keras does; `deviation` is that of the truncated distribution.
void truncated_normal(float deviation, std::uint64_t seed, std::uint64_t stream, std::span<float> values) {
  constexpr float kShrunk = 0.879625663f;  // deviation of a standard normal cut at 2
  constexpr std::uint64_t kAttempt = std::uint64_t{1} << 32;
  const Random random(seed, stream);
  for (std::size_t i = 0; i < values.size(); i++) {
    std::uint64_t counter = i;
    float drawn = random.normal(counter);
    while (std::abs(drawn) > 2.0f) drawn = random.normal(counter += kAttempt);
    values[i] = deviation / kShrunk * drawn;
  }
}

// Biases start at zero, except where the row says otherwise.
template <void (*kDraw)(float, std::uint64_t, std::uint64_t, std::span<float>), float (*kScale)(const ParameterSpec&)>
void draw_weight(const ParameterSpec& spec, std::uint64_t seed, std::uint64_t stream, std::span<float> values) {
  if (spec.fan_out == 0)
    std::fill(values.begin(), values.end(), 0.0f);
  else
    kDraw(kScale(spec), seed, stream, values);
}

float fan(int count) { return static_cast<float>(std::max(count, 1)); }
float half(const ParameterSpec&) { return 0.5f; }
float he_limit(const ParameterSpec& spec) { return std::sqrt(6.0f / fan(spec.fan_in)); }
float he_deviation(const ParameterSpec& spec) { return std::sqrt(2.0f / fan(spec.fan_in)); }
float glorot_limit(const ParameterSpec& spec) { return std::sqrt(6.0f / fan(spec.fan_in + spec.fan_out)); }
float glorot_deviation(const ParameterSpec& spec) { return std::sqrt(2.0f / fan(spec.fan_in + spec.fan_out)); }
float lecun_limit(const ParameterSpec& spec) { return std::sqrt(3.0f / fan(spec.fan_in)); }
float lecun_deviation(const ParameterSpec& spec) { return std::sqrt(1.0f / fan(spec.fan_in)); }
float zero(const ParameterSpec&) { return 0.0f; }

void draw_uniform_half(const ParameterSpec& spec, std::uint64_t seed, std::uint64_t stream, std::span<float> values) {
  uniform(half(spec), seed, stream, values);
}

void draw_pytorch(const ParameterSpec& spec, std::uint64_t seed, std::uint64_t stream, std::span<float> values) {
  if (spec.fan_in > 0) uniform(std::sqrt(1.0f / fan(spec.fan_in)), seed, stream, values);
}

constexpr std::array kInitializers{
    Initializer{"he_uniform", "U(-a, a), a = sqrt(6 / fan_in); biases 0 (He et al. 2015).", &draw_weight<uniform, he_limit>},
    Initializer{"he_normal", "Normal cut at two deviations, variance 2 / fan_in, as Keras; biases 0 (He et al. 2015).",
                &draw_weight<truncated_normal, he_deviation>},
    Initializer{"glorot_uniform", "U(-a, a), a = sqrt(6 / (fan_in + fan_out)); biases 0 (Glorot and Bengio 2010).",
                &draw_weight<uniform, glorot_limit>},
    Initializer{"glorot_normal",
                "Normal cut at two deviations, variance 2 / (fan_in + fan_out), as Keras; biases 0 (Glorot and Bengio 2010).",
                &draw_weight<truncated_normal, glorot_deviation>},
    Initializer{"lecun_uniform", "U(-a, a), a = sqrt(3 / fan_in); biases 0 (LeCun et al. 1998).", &draw_weight<uniform, lecun_limit>},
    Initializer{"lecun_normal", "Normal cut at two deviations, variance 1 / fan_in, as Keras; biases 0 (LeCun et al. 1998).",
                &draw_weight<truncated_normal, lecun_deviation>},
    Initializer{"kaiming_uniform", "PyTorch's name of he_uniform.", &draw_weight<uniform, he_limit>},
    Initializer{"kaiming_normal", "N(0, 2 / fan_in), as PyTorch; biases 0 (He et al. 2015).", &draw_weight<normal, he_deviation>},
    Initializer{"xavier_uniform", "PyTorch's name of glorot_uniform.", &draw_weight<uniform, glorot_limit>},
    Initializer{"xavier_normal", "N(0, 2 / (fan_in + fan_out)), as PyTorch; biases 0 (Glorot and Bengio 2010).",
                &draw_weight<normal, glorot_deviation>},
    Initializer{"pytorch", "U(-a, a), a = 1 / sqrt(fan_in), for weights and biases: what PyTorch's layers start with.", &draw_pytorch},
    Initializer{"uniform_half", "U(-1/2, 1/2) for weights and biases, as the loss study draws its starts.", &draw_uniform_half},
    Initializer{"zeros", "All zero.", &draw_weight<uniform, zero>},
};

}  // namespace

std::span<const Initializer> initializers() { return kInitializers; }
const Initializer& find_initializer(std::string_view name) { return find_row(initializers(), "initializer", name); }

}  // namespace digitcompress
