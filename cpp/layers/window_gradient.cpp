#include "layers/window_gradient.hpp"

#include <algorithm>

#include "core/blocks.hpp"
#include "layers/strip_gradient.hpp"
#include "layers/winograd.hpp"

namespace digitcompress {
namespace {

constexpr int kMaxParts = 48;
// Sums that stay in registers: kOutputs × up to 5 neighbouring taps, or where kernels are small up to 3 taps of kChannels channels.
constexpr int kOutputs = kVectorBytes == 64 ? 4 : 2, kChannels = kVectorBytes == 64 ? 2 : 1, kMostPairedTaps = 3;

template <class Block>
void for_outputs(int first, int stop, const Block& block) {
  if constexpr (kOutputs == 4)
    for_blocks<4, 3, 2, 1>(first, stop, block);
  else
    for_blocks<2, 1>(first, stop, block);
}

// The sums of some outputs, neighbouring channels and neighbouring taps.
template <int kRows, int kPlanes, int kTaps>
using Sums = Lane[kPlanes][kTaps][kRows];

// Rows of the channels: large[tap] lies tap lanes right of a place's first input, and the next channel a plane further.
struct LargeRow {
  const Lane* large;
  std::ptrdiff_t plane;
};

// One row of places. Taps stay inside for places first … stop - 1.
template <int kRows, int kPlanes, int kTaps>
inline void add_row(const Lane* const (&small)[kRows], const LargeRow& from, int stride, const Interval& places,
                    Sums<kRows, kPlanes, kTaps>& sum) {
  for (int x = places.first; x < places.stop; x++) {
    Lane factor[kRows];
#pragma GCC unroll 8
    for (int o = 0; o < kRows; o++) factor[o] = small[o][x];
    const Lane* row = from.large + static_cast<std::ptrdiff_t>(x) * stride;
#pragma GCC unroll 8
    for (int c = 0; c < kPlanes; c++, row += from.plane) {
#pragma GCC unroll 8
      for (int t = 0; t < kTaps; t++) {
        Lane value = row[t];
        keep_in_register(value);
#pragma GCC unroll 8
        for (int o = 0; o < kRows; o++) sum[c][t][o] += factor[o] * value;
      }
    }
  }
}

// Where in a row of `width` the first tap of place x lies: x · stride + offset.
struct Place {
  int stride, offset, width;
};

// The same at the borders, where some taps lie in the padding.
template <int kRows, int kPlanes, int kTaps>
inline void add_border(const Lane* const (&small)[kRows], const LargeRow& from, const Place& place, const Interval& places,
                       Sums<kRows, kPlanes, kTaps>& sum) {
  static const Lane padding{};
  for (int x = places.first; x < places.stop; x++) {
    const Lane* row = from.large + static_cast<std::ptrdiff_t>(x) * place.stride;
    Lane factor[kRows];
#pragma GCC unroll 8
    for (int o = 0; o < kRows; o++) factor[o] = small[o][x];
#pragma GCC unroll 8
    for (int t = 0; t < kTaps; t++) {
      const int column = x * place.stride + place.offset + t;
      const bool is_inside = column >= 0 && column < place.width;
#pragma GCC unroll 8
      for (int c = 0; c < kPlanes; c++) {
        Lane value = *(is_inside ? row + c * from.plane + t : &padding);
        keep_in_register(value);
#pragma GCC unroll 8
        for (int o = 0; o < kRows; o++) sum[c][t][o] += factor[o] * value;
      }
    }
  }
}

// Both sides of the sum, for some groups of samples.
struct Sides {
  int groups;
  const Lane *small, *large;
};

// The first of the weights that a block of registers sums up: kRows outputs × kPlanes channels × kTaps neighbours.
struct FirstWeight {
  int output, channel, ky, kx;
};

template <int kRows, int kPlanes, int kTaps>
void add_products(const WindowProblem& problem, const Sides& sides, const FirstWeight& at, float* gradient, bool accumulate) {
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
  Sums<kRows, kPlanes, kTaps> sum = {};
  const std::ptrdiff_t large_plane = static_cast<std::ptrdiff_t>(problem.sides.larger.height) * large_width;
  for (int g = 0; g < sides.groups; g++) {
    const Lane* plane = sides.large + g * problem.large_group + at.channel * large_plane;
    for (int y = rows.first; y < rows.stop; y++) {
      const std::ptrdiff_t row = static_cast<std::ptrdiff_t>(y) * window.stride - window.padding + at.ky;
      const LargeRow from{plane + row * large_width + at.kx - window.padding, large_plane};
      const Lane* factors[kRows];
#pragma GCC unroll 8
      for (int o = 0; o < kRows; o++) {
        factors[o] = sides.small + g * problem.small_group +
                     (static_cast<std::ptrdiff_t>(at.output + o) * problem.sides.smaller.height + y) * small_width;
      }
      add_row<kRows, kPlanes, kTaps>(factors, from, window.stride, inside, sum);
      const Place place{window.stride, at.kx - window.padding, large_width};
      add_border<kRows, kPlanes, kTaps>(factors, from, place, {any.first, std::min(inside.first, any.stop)}, sum);
      add_border<kRows, kPlanes, kTaps>(factors, from, place, {std::max(inside.stop, any.first), any.stop}, sum);
    }
  }
  const KernelLayout& layout = problem.layout;
  float* target = gradient + at.output * layout.output + at.channel * layout.channel + (at.ky * window.kernel + at.kx) * layout.tap;
#pragma GCC unroll 8
  for (int c = 0; c < kPlanes; c++, target += layout.channel) {
#pragma GCC unroll 8
    for (int t = 0; t < kTaps; t++) {
#pragma GCC unroll 8
      for (int o = 0; o < kRows; o++) {
        float& value = target[o * layout.output + t * layout.tap];
        value = (accumulate ? value : 0.0f) + digitcompress::sum(sum[c][t][o]);
      }
    }
  }
}

int channels_together(const WindowProblem& problem) { return problem.sides.window.kernel <= kMostPairedTaps ? kChannels : 1; }

template <int kRows, int kTaps>
void add_channels(const WindowProblem& problem, const Sides& sides, FirstWeight at, float* gradient, bool accumulate) {
  const auto block = [&]<int kPlanes>(int channel) {
    at.channel = channel;
    add_products<kRows, kPlanes, kTaps>(problem, sides, at, gradient, accumulate);
  };
  const int stop = std::min(at.channel + channels_together(problem), problem.channels);
  if constexpr (kChannels == 2 && kTaps <= kMostPairedTaps)
    for_blocks<2, 1>(at.channel, stop, block);
  else
    for_blocks<1>(at.channel, stop, block);
}

int blocks_of(int count, int size) { return (count + size - 1) / size; }

int output_blocks(const WindowProblem& problem) { return blocks_of(problem.outputs, kOutputs); }

// Outputs of a block, alike in all but the last: 6 are 3 and 3, not 4 and 2.
int outputs_together(const WindowProblem& problem) { return blocks_of(problem.outputs, output_blocks(problem)); }

int channel_blocks(const WindowProblem& problem) { return blocks_of(problem.channels, channels_together(problem)); }

// Units of work: one block of outputs, one of channels, one row of the kernel.
int units(const WindowProblem& problem) { return output_blocks(problem) * channel_blocks(problem) * problem.sides.window.kernel; }

FirstWeight first_of_unit(const WindowProblem& problem, int unit) {
  const int outputs = output_blocks(problem), channels = channel_blocks(problem), block = unit / problem.sides.window.kernel;
  // One side's block waits in the cache while all blocks of the other side pass by; so the side passes that is less to read in all.
  const bool outputs_pass = problem.small_group * channels < problem.large_group * outputs;
  const int output = outputs_pass ? block % outputs : block / channels, channel = outputs_pass ? block / outputs : block % channels;
  return {output * outputs_together(problem), channel * channels_together(problem), unit % problem.sides.window.kernel, 0};
}

}  // namespace

int window_gradient_parts(const WindowProblem& problem) {
  if (winograd_gradient_pays(problem)) return winograd_gradient_parts(problem);
  return suits_strips(problem) ? strip_gradient_parts(problem) : std::min(units(problem), kMaxParts);
}

void window_gradient(const WindowProblem& problem, int part, int groups, const Lane* small, const Lane* large, float* gradient,
                     bool accumulate) {
  if (winograd_gradient_pays(problem)) return winograd_gradient(problem, part, groups, small, large, gradient, accumulate);
  if (suits_strips(problem)) return strip_gradient(problem, part, groups, small, large, gradient, accumulate);
  const int parts = window_gradient_parts(problem), kernel = problem.sides.window.kernel;
  const auto bound = [&](int p) { return static_cast<int>(static_cast<std::int64_t>(units(problem)) * p / parts); };
  for (int unit = bound(part); unit < bound(part + 1); unit++) {
    const FirstWeight first = first_of_unit(problem, unit);
    for_outputs(first.output, std::min(first.output + outputs_together(problem), problem.outputs), [&]<int kRows>(int output) {
      for_blocks<5, 3, 2, 1>(0, kernel, [&]<int kTaps>(int kx) {
        add_channels<kRows, kTaps>(problem, {groups, small, large}, {output, first.channel, first.ky, kx}, gradient, accumulate);
      });
    });
  }
}

}  // namespace digitcompress
