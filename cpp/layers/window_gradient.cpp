#include "layers/window_gradient.hpp"

#include <algorithm>

#include "core/blocks.hpp"
#include "layers/strip_gradient.hpp"
#include "layers/winograd.hpp"

namespace digitcompress {
namespace {

constexpr int kLeastParts = 4, kMaxParts = 48;
constexpr int kMostKernelRows = 8;                           // whose sums are made together
constexpr int kNearPlaces = (12 << 10) / int{sizeof(Lane)};  // that stay in the first-level cache, with what else these sums need
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

// Places whose taps all lie inside the image, and those of which any does.
struct Columns {
  Interval inside, any;
};

template <int kTaps>
Columns columns_of(const WindowSides& sides, int kx) {
  const auto places = [&](int k) { return sides.window.valid_places(k, sides.smaller.width, sides.larger.width); };
  Columns columns{places(kx), places(kx)};
#pragma GCC unroll 8
  for (int t = 1; t < kTaps; t++) {
    const Interval tap = places(kx + t);
    columns.inside = {std::max(columns.inside.first, tap.first), std::min(columns.inside.stop, tap.stop)};
    columns.any = {std::min(columns.any.first, tap.first), std::max(columns.any.stop, tap.stop)};
  }
  columns.inside.stop = std::max(columns.inside.first, columns.inside.stop);
  return columns;
}

// Vector by vector: what std::copy compiles to does not end in registers.
template <int kRows, int kPlanes, int kTaps>
inline void move_sums(const Sums<kRows, kPlanes, kTaps>& from, Sums<kRows, kPlanes, kTaps>& to) {
#pragma GCC unroll 8
  for (int c = 0; c < kPlanes; c++) {
#pragma GCC unroll 8
    for (int t = 0; t < kTaps; t++) {
#pragma GCC unroll 8
      for (int o = 0; o < kRows; o++) to[c][t][o] = from[c][t][o];
    }
  }
}

// Some rows of places of a group, for one row of the kernel. The sums are in registers meanwhile.
template <int kRows, int kPlanes, int kTaps>
void add_band(const WindowProblem& problem, const Sides& sides, const FirstWeight& at, const Interval& rows, const Columns& columns,
              Sums<kRows, kPlanes, kTaps>& total) {
  const Window& window = problem.sides.window;
  const Shape &smaller = problem.sides.smaller, &larger = problem.sides.larger;
  const std::ptrdiff_t large_plane = static_cast<std::ptrdiff_t>(larger.height) * larger.width;
  const Lane* plane = sides.large + at.channel * large_plane;
  const Place place{window.stride, at.kx - window.padding, larger.width};
  Sums<kRows, kPlanes, kTaps> sum;
  move_sums<kRows, kPlanes, kTaps>(total, sum);
  for (int y = rows.first; y < rows.stop; y++) {
    const std::ptrdiff_t row = static_cast<std::ptrdiff_t>(y) * window.stride - window.padding + at.ky;
    const LargeRow from{plane + row * larger.width + place.offset, large_plane};
    const Lane* factors[kRows];
#pragma GCC unroll 8
    for (int o = 0; o < kRows; o++)
      factors[o] = sides.small + (static_cast<std::ptrdiff_t>(at.output + o) * smaller.height + y) * smaller.width;
    add_row<kRows, kPlanes, kTaps>(factors, from, window.stride, columns.inside, sum);
    add_border<kRows, kPlanes, kTaps>(factors, from, place, {columns.any.first, std::min(columns.inside.first, columns.any.stop)}, sum);
    add_border<kRows, kPlanes, kTaps>(factors, from, place, {std::max(columns.inside.stop, columns.any.first), columns.any.stop}, sum);
  }
  move_sums<kRows, kPlanes, kTaps>(sum, total);
}

// Adds up the lanes of `count` vectors.
void add_lanes(const Lane* sums, int count, float* totals) {
  for (int first = 0; first < count; first += kLanes) {
    Lane block[kLanes];
    for (int i = 0; i < kLanes; i++) block[i] = first + i < count ? sums[first + i] : Lane{};
    store_lanes(row_sums(block), totals + first, std::min(kLanes, count - first));
  }
}

// What the sums of some rows of the kernel become in the gradient.
template <int kRows, int kPlanes, int kTaps>
void store_sums(const WindowProblem& problem, const Sums<kRows, kPlanes, kTaps>* sums, int kernel_rows, float* gradient, bool accumulate) {
  const KernelLayout& layout = problem.layout;
  float totals[kMostKernelRows * kPlanes * kTaps * kRows];
  add_lanes(&sums[0][0][0][0], kernel_rows * kPlanes * kTaps * kRows, totals);
  const float* total = totals;
  for (int k = 0; k < kernel_rows; k++) {
    for (int c = 0; c < kPlanes; c++) {
      float* target = gradient + k * problem.sides.window.kernel * layout.tap + c * layout.channel;
#pragma GCC unroll 8
      for (int t = 0; t < kTaps; t++) {
#pragma GCC unroll 8
        for (int o = 0; o < kRows; o++) {
          float& value = target[o * layout.output + t * layout.tap];
          value = (accumulate ? value : 0.0f) + *total++;
        }
      }
    }
  }
}

// Rows of the kernel take turns over a band of places, which stays in the first-level cache for all of them.
template <int kRows, int kPlanes, int kTaps>
void add_products(const WindowProblem& problem, const Sides& sides, const FirstWeight& first, int kernel_rows, float* gradient,
                  bool accumulate) {
  const Shape &smaller = problem.sides.smaller, &larger = problem.sides.larger;
  const Columns columns = columns_of<kTaps>(problem.sides, first.kx);
  const int band = kernel_rows == 1 ? smaller.height : std::max(1, kNearPlaces / (kRows * smaller.width));
  Sums<kRows, kPlanes, kTaps> sum[kMostKernelRows];
  for (int k = 0; k < kernel_rows; k++) move_sums<kRows, kPlanes, kTaps>({}, sum[k]);
  for (int g = 0; g < sides.groups; g++) {
    const Sides group{1, sides.small + g * problem.small_group, sides.large + g * problem.large_group};
    for (int row = 0; row < smaller.height; row += band) {
      for (int k = 0; k < kernel_rows; k++) {
        const FirstWeight at{first.output, first.channel, first.ky + k, first.kx};
        const Interval valid = problem.sides.window.valid_places(at.ky, smaller.height, larger.height);
        const Interval rows{std::max(row, valid.first), std::min(row + band, valid.stop)};
        add_band<kRows, kPlanes, kTaps>(problem, group, at, rows, columns, sum[k]);
      }
    }
  }
  const KernelLayout& layout = problem.layout;
  const std::ptrdiff_t tap = (first.ky * problem.sides.window.kernel + first.kx) * layout.tap;
  store_sums<kRows, kPlanes, kTaps>(problem, sum, kernel_rows,
                                    gradient + first.output * layout.output + first.channel * layout.channel + tap, accumulate);
}

int channels_together(const WindowProblem& problem) { return problem.sides.window.kernel <= kMostPairedTaps ? kChannels : 1; }

template <int kRows, int kTaps>
void add_channels(const WindowProblem& problem, const Sides& sides, FirstWeight at, int kernel_rows, float* gradient, bool accumulate) {
  const auto block = [&]<int kPlanes>(int channel) {
    at.channel = channel;
    add_products<kRows, kPlanes, kTaps>(problem, sides, at, kernel_rows, gradient, accumulate);
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

int blocks(const WindowProblem& problem) { return output_blocks(problem) * channel_blocks(problem); }

// Units of work: one block of outputs, one of channels, one row of the kernel.
int units(const WindowProblem& problem) { return blocks(problem) * problem.sides.window.kernel; }

// Where a part begins: with a new block if there are enough of them.
int first_unit(const WindowProblem& problem, int part, int parts) {
  const int kernel = problem.sides.window.kernel, size = blocks(problem) < kLeastParts ? 1 : kernel;
  return static_cast<int>(static_cast<std::int64_t>(units(problem) / size) * part / parts) * size;
}

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
  return suits_strips(problem) ? strip_gradient_parts(problem)
                               : std::clamp(blocks(problem), std::min(units(problem), kLeastParts), kMaxParts);
}

void window_gradient(const WindowProblem& problem, int part, int groups, const Lane* small, const Lane* large, float* gradient,
                     bool accumulate) {
  if (winograd_gradient_pays(problem)) return winograd_gradient(problem, part, groups, small, large, gradient, accumulate);
  if (suits_strips(problem)) return strip_gradient(problem, part, groups, small, large, gradient, accumulate);
  const int parts = window_gradient_parts(problem), kernel = problem.sides.window.kernel;
  const int stop = first_unit(problem, part + 1, parts);
  for (int unit = first_unit(problem, part, parts), rows = 0; unit < stop; unit += rows) {
    const FirstWeight first = first_of_unit(problem, unit);
    rows = std::min({kernel - first.ky, stop - unit, kMostKernelRows});
    for_outputs(first.output, std::min(first.output + outputs_together(problem), problem.outputs), [&]<int kRows>(int output) {
      for_blocks<5, 3, 2, 1>(0, kernel, [&]<int kTaps>(int kx) {
        const FirstWeight at{output, first.channel, first.ky, kx};
        add_channels<kRows, kTaps>(problem, {groups, small, large}, at, rows, gradient, accumulate);
      });
    });
  }
}

}  // namespace digitcompress
