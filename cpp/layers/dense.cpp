#include "layers/dense.hpp"

#include "core/blocks.hpp"

namespace digitcompress {
namespace {

// Accumulators held in registers: enough to hide the latency of a multiply-add at every level.
constexpr int kBlock = 10;

template <int kUnits>
void forward_block(const Tile& tile, const float* weight, const float* bias, int features, int units, int unit, const Lane* input,
                   Lane* output) {
  for (int g = 0; g < tile.groups; g++) {
    const Lane* x = input + static_cast<std::ptrdiff_t>(g) * features;
    Lane sum[kUnits];
#pragma GCC unroll 16
    for (int u = 0; u < kUnits; u++) sum[u] = broadcast(bias == nullptr ? 0.0f : bias[unit + u]);
    for (int f = 0; f < features; f++) {
      Lane value = x[f];
#pragma GCC unroll 16
      for (int u = 0; u < kUnits; u++) sum[u] += value * weight[static_cast<std::ptrdiff_t>(u) * features + f];
    }
    Lane* y = output + static_cast<std::ptrdiff_t>(g) * units + unit;
#pragma GCC unroll 16
    for (int u = 0; u < kUnits; u++) y[u] = sum[u];
  }
}

template <int kFeatures>
void input_gradient_block(const Tile& tile, const float* weight, int features, int units, int feature, const Lane* output_gradient,
                          Lane* input_gradient) {
  for (int g = 0; g < tile.groups; g++) {
    const Lane* dy = output_gradient + static_cast<std::ptrdiff_t>(g) * units;
    Lane sum[kFeatures];
#pragma GCC unroll 16
    for (int f = 0; f < kFeatures; f++) sum[f] = Lane{};
    for (int u = 0; u < units; u++) {
      Lane gradient = dy[u];
      const float* w = weight + static_cast<std::ptrdiff_t>(u) * features + feature;
#pragma GCC unroll 16
      for (int f = 0; f < kFeatures; f++) sum[f] += gradient * w[f];
    }
    Lane* dx = input_gradient + static_cast<std::ptrdiff_t>(g) * features + feature;
#pragma GCC unroll 16
    for (int f = 0; f < kFeatures; f++) dx[f] = sum[f];
  }
}

template <int kFeatures>
void weight_gradient_block(const Tile& tile, int features, int units, int feature, const Lane* input, const Lane* output_gradient,
                           float* weight_gradient) {
  for (int u = 0; u < units; u++) {
    Lane sum[kFeatures];
#pragma GCC unroll 16
    for (int f = 0; f < kFeatures; f++) sum[f] = Lane{};
    for (int g = 0; g < tile.groups; g++) {
      Lane gradient = output_gradient[static_cast<std::ptrdiff_t>(g) * units + u];
      const Lane* x = input + static_cast<std::ptrdiff_t>(g) * features + feature;
#pragma GCC unroll 16
      for (int f = 0; f < kFeatures; f++) sum[f] += gradient * x[f];
    }
    float* target = weight_gradient + static_cast<std::ptrdiff_t>(u) * features + feature;
    if constexpr (kFeatures == kLanes) {
      using Unaligned [[gnu::aligned(4)]] = Lane;
      *reinterpret_cast<Unaligned*>(target) += sum_each<kLanes>(sum, 1);
    } else {
#pragma GCC unroll 16
      for (int f = 0; f < kFeatures; f++) target[f] += digitcompress::sum(sum[f]);
    }
  }
}

}  // namespace

void Dense::forward(const Tile& tile, const Lane* input, Lane* output) const {
  const int features = tile.input.count();
  const float* bias_values = bias ? tile.parameters[1] : nullptr;
  for_blocks<kBlock>(units, [&]<int kUnits>(int unit) {
    const float* rows = tile.parameters[0] + static_cast<std::ptrdiff_t>(unit) * features;
    forward_block<kUnits>(tile, rows, bias_values, features, units, unit, input, output);
  });
}

void Dense::backward(const Tile& tile, const Lane* input, const Lane*, const Lane* output_gradient, Lane* input_gradient) const {
  const int features = tile.input.count();
  for_blocks<kLanes>(features, [&]<int kFeatures>(int feature) {
    weight_gradient_block<kFeatures>(tile, features, units, feature, input, output_gradient, tile.parameter_gradients[0]);
  });
  add_bias_gradient(tile, output_gradient);
  if (input_gradient == nullptr) return;
  for_blocks<kBlock>(features, [&]<int kFeatures>(int feature) {
    input_gradient_block<kFeatures>(tile, tile.parameters[0], features, units, feature, output_gradient, input_gradient);
  });
}

void Dense::add_bias_gradient(const Tile& tile, const Lane* output_gradient) const {
  if (!bias) return;
  for (int u = 0; u < units; u++) {
    Lane total{};
    for (int g = 0; g < tile.groups; g++) total += output_gradient[static_cast<std::ptrdiff_t>(g) * units + u];
    tile.parameter_gradients[1][u] += sum(total);
  }
}

}  // namespace digitcompress
