#include "layers/window_gradient.hpp"

#include <algorithm>

#include "core/blocks.hpp"
#include "layers/strip_gradient.hpp"

namespace digitcompress {
namespace {

constexpr int kMaxParts = 48;
constexpr int kOutputs = kVectorBytes == 64 ? 4 : 2;  // times up to 5 neighbouring taps: accumulators that stay in registers

template <class Block>
void for_outputs(int first, int stop, const Block& block) {
  if constexpr (kOutputs == 4)
    for_blocks<4, 3, 2, 1>(first, stop, block);
  else
    for_blocks<2, 1>(first, stop, block);
}

// One row of places: large[tap] lies tap lanes right of the place's first input. Taps stay inside for places first … stop - 1.
template <int kRows, int kTaps>
inline void add_row(const Lane* const (&small)[kRows], const Lane* large, int stride, const Interval& places, Lane (&sum)[kRows][kTaps]) {
  for (int x = places.first; x < places.stop; x++) {
    Lane factor[kRows];
#pragma GCC unroll 8
    for (int o = 0; o < kRows; o++) factor[o] = small[o][x];
    const Lane* row = large + static_cast<std::ptrdiff_t>(x) * stride;
#pragma GCC unroll 8
    for (int t = 0; t < kTaps; t++) {
      const Lane value = row[t];
#pragma GCC unroll 8
      for (int o = 0; o < kRows; o++) sum[o][t] += factor[o] * value;
    }
  }
}

// Where in a row of `width` the first tap of place x lies: x · stride + offset.
struct Place {
  int stride, offset, width;
};

// The same at the borders, where some taps lie in the padding.
template <int kRows, int kTaps>
inline void add_border(const Lane* const (&small)[kRows], const Lane* large, const Place& place, const Interval& places,
                       Lane (&sum)[kRows][kTaps]) {
  for (int x = places.first; x < places.stop; x++) {
#pragma GCC unroll 8
    for (int t = 0; t < kTaps; t++) {
      const int column = x * place.stride + place.offset + t;
      if (column < 0 || column >= place.width) continue;
#pragma GCC unroll 8
      for (int o = 0; o < kRows; o++) sum[o][t] += small[o][x] * large[static_cast<std::ptrdiff_t>(x) * place.stride + t];
    }
  }
}

// Both sides of the sum, for some groups of samples.
struct Sides {
  int groups;
  const Lane *small, *large;
};

// The first of the weights that a block of registers sums up: kRows outputs × kTaps neighbours.
struct FirstWeight {
  int output, channel, ky, kx;
};

template <int kRows, int kTaps>
void add_products(const WindowGradient& problem, const Sides& sides, const FirstWeight& at, float* gradient, bool accumulate) {
  const Window& window = problem.sides.window;
  const int small_width = problem.sides.smaller.width, large_width = problem.sides.larger.width;
  const Interval rows = window.valid_places(at.ky, problem.sides.smaller.height, problem.sides.larger.height);
  Interval inside = window.valid_places(at.kx, small_width, large_width), any = inside;
#pragma GCC unroll 8
  for (int t = 1; t < kTaps; t++) {
    const Interval tap = window.valid_places(at.kx + t, small_width, large_width);
    inside = {std::max(inside.first, tap.first), std::min(inside.stop, tap.stop)};
    any = {std::min(any.first, tap.first), std::max(any.stop, tap.stop)};
  }
  inside.stop = std::max(inside.first, inside.stop);
  Lane sum[kRows][kTaps] = {};
  for (int g = 0; g < sides.groups; g++) {
    const Lane* plane =
        sides.large + g * problem.large_group + static_cast<std::ptrdiff_t>(at.channel) * problem.sides.larger.height * large_width;
    for (int y = rows.first; y < rows.stop; y++) {
      const Lane* first =
          plane + (static_cast<std::ptrdiff_t>(y) * window.stride - window.padding + at.ky) * large_width + at.kx - window.padding;
      const Lane* factors[kRows];
#pragma GCC unroll 8
      for (int o = 0; o < kRows; o++) {
        factors[o] = sides.small + g * problem.small_group +
                     (static_cast<std::ptrdiff_t>(at.output + o) * problem.sides.smaller.height + y) * small_width;
      }
      add_row(factors, first, window.stride, inside, sum);
      const Place place{window.stride, at.kx - window.padding, large_width};
      add_border(factors, first, place, {any.first, std::min(inside.first, any.stop)}, sum);
      add_border(factors, first, place, {std::max(inside.stop, any.first), any.stop}, sum);
    }
  }
  const KernelLayout& layout = problem.layout;
  float* target = gradient + at.output * layout.output + at.channel * layout.channel + (at.ky * window.kernel + at.kx) * layout.tap;
#pragma GCC unroll 8
  for (int o = 0; o < kRows; o++, target += layout.output) {
#pragma GCC unroll 8
    for (int t = 0; t < kTaps; t++) {
      float& value = target[t * layout.tap];
      value = (accumulate ? value : 0.0f) + digitcompress::sum(sum[o][t]);
    }
  }
}

// A unit of work: one block of outputs, one channel, one row of the kernel.
int units(const WindowGradient& problem) {
  return (problem.outputs + kOutputs - 1) / kOutputs * problem.channels * problem.sides.window.kernel;
}

}  // namespace

int window_gradient_parts(const WindowGradient& problem) {
  return suits_strips(problem) ? strip_gradient_parts(problem) : std::min(units(problem), kMaxParts);
}

void window_gradient(const WindowGradient& problem, int part, int groups, const Lane* small, const Lane* large, float* gradient,
                     bool accumulate) {
  if (suits_strips(problem)) return strip_gradient(problem, part, groups, small, large, gradient, accumulate);
  const int parts = window_gradient_parts(problem), kernel = problem.sides.window.kernel;
  const auto bound = [&](int p) { return static_cast<int>(static_cast<std::int64_t>(units(problem)) * p / parts); };
  for (int unit = bound(part); unit < bound(part + 1); unit++) {
    const int ky = unit % kernel, channel = unit / kernel % problem.channels, output = unit / kernel / problem.channels * kOutputs;
    for_outputs(output, std::min(output + kOutputs, problem.outputs), [&]<int kRows>(int o) {
      for_blocks<5, 3, 2, 1>(0, kernel, [&]<int kTaps>(int kx) {
        add_products<kRows, kTaps>(problem, {groups, small, large}, {o, channel, ky, kx}, gradient, accumulate);
      });
    });
  }
}

}  // namespace digitcompress
