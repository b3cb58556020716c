#include "layers/primary_capsules.hpp"

#include "layers/squash.hpp"

namespace digitcompress {
namespace {

int area(const Tile& tile) { return tile.input().height * tile.input().width; }

// Four sums side by side: one alone would wait for itself.
Lane filtered(const Lane* map, const float* weight, int count) {
  Lane sums[4] = {};
  int i = 0;
  for (; i + 4 <= count; i += 4) {
#pragma GCC unroll 4
    for (int k = 0; k < 4; k++) sums[k] += map[i + k] * weight[i + k];
  }
  for (; i < count; i++) sums[0] += map[i] * weight[i];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

}  // namespace

void PrimaryCapsules::forward(const Tile& tile, const Lane* input, Lane* output) const {
  const int channels = tile.input().channels;
  for (int g = 0; g < tile.groups; g++, output += channels) {
    Lane* values = tile.saved == nullptr ? output : tile.saved + static_cast<std::ptrdiff_t>(g) * channels;
    for (int c = 0; c < channels; c++, input += area(tile))
      values[c] = filtered(input, tile.parameters[0] + static_cast<std::ptrdiff_t>(c) * area(tile), area(tile)) + tile.parameters[1][c];
    for (int c = 0; c < channels; c += size) squash(values + c, size, output + c);
  }
}

void PrimaryCapsules::prepare_gradient(const Tile& tile, const Lane* output_gradient) const {
  for (int i = 0; i < tile.groups * tile.input().channels; i += size)
    squash_gradient(tile.saved + i, size, output_gradient + i, tile.saved + i);
}

void PrimaryCapsules::backward(const Tile& tile, const Lane*, const Lane*, const Lane*, Lane* input_gradient) const {
  const int channels = tile.input().channels;
  for (int i = 0; i < tile.groups * channels; i++, input_gradient += area(tile)) {
    const float* weight = tile.parameters[0] + static_cast<std::ptrdiff_t>(i % channels) * area(tile);
    for (int k = 0; k < area(tile); k++) input_gradient[k] = tile.saved[i] * weight[k];
  }
}

void PrimaryCapsules::parameter_gradient(const Tile& tile, int part, const Lane* input, const Lane*, float* const* gradients,
                                         bool accumulate) const {
  const std::ptrdiff_t channels = tile.input().channels, count = area(tile);
  for (std::ptrdiff_t c = part * size; c < (part + 1) * size; c++) {
    Lane bias{};
    for (std::ptrdiff_t g = 0; g < tile.groups; g++) bias += tile.saved[g * channels + c];
    gradients[1][c] = (accumulate ? gradients[1][c] : 0.0f) + sum(bias);
    for (std::ptrdiff_t k = 0; k < count; k++) {
      Lane total{};
      for (std::ptrdiff_t g = 0; g < tile.groups; g++) total += input[(g * channels + c) * count + k] * tile.saved[g * channels + c];
      float& gradient = gradients[0][c * count + k];
      gradient = (accumulate ? gradient : 0.0f) + sum(total);
    }
  }
}

}  // namespace digitcompress
