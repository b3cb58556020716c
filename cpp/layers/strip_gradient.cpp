#include "layers/strip_gradient.hpp"

#include <algorithm>

#include "core/register_block.hpp"
#include "layers/column_strip.hpp"

namespace digitcompress {
namespace {

constexpr int kMostPlaces = 64;
constexpr int kMostTransposed = 16 * kStripGroups;  // places × groups at a time: a quarter of a megabyte on the stack
constexpr int kPartOutputs = 64;                    // of a part: enough to be worth transposing a strip

int places(const Shape& image) { return image.height * image.width; }

// What a part owns: some channels' weights, of some outputs.
struct Share {
  int first_channel, channels, first_output, stop_output;
};

// The kernel's row and column of a weight.
struct KernelPlace {
  int ky, kx;
};

// The transposed columns of some groups of samples, place by place.
template <int kWide>
struct Strips {
  int groups;
  StripRow<kWide> rows[kMostTransposed * kLanes];

  [[nodiscard]] StripRow<kWide>* at(int place) { return rows + place * groups * kLanes; }
  [[nodiscard]] const StripRow<kWide>* at(int place) const { return rows + place * groups * kLanes; }
};

template <int kRows, int kWide>
inline void add_tap(const WindowProblem& problem, const KernelPlace& tap, const Strips<kWide>& strips, const Lane* small,
                    Lane (&sum)[kRows][kWide]) {
  const Window& window = problem.sides.window;
  const Interval rows = window.valid_places(tap.ky, problem.sides.smaller.height, problem.sides.larger.height);
  const Interval columns = window.valid_places(tap.kx, problem.sides.smaller.width, problem.sides.larger.width);
  for (int y = rows.first; y < rows.stop; y++) {
    const int from = (y * window.stride - window.padding + tap.ky) * problem.sides.larger.width - window.padding + tap.kx;
    for (int x = columns.first; x < columns.stop; x++) {
      add_rows<kRows, kWide>(strips.at(from + x * window.stride), strips.groups, small + y * problem.sides.smaller.width + x,
                             {places(problem.sides.smaller), problem.small_group}, sum);
    }
  }
}

// Unrolled: an array that a loop walks through is never kept in registers, not even before that loop.
template <int kRows, int kWide>
inline void store(const Lane (&sum)[kRows][kWide], int count, const KernelLayout& layout, float* gradient, bool accumulate) {
#pragma GCC unroll 8
  for (int r = 0; r < kRows; r++, gradient += layout.output) {
#pragma GCC unroll 8
    for (int v = 0; v < kWide; v++) {
      float* first = gradient + v * kLanes * layout.channel;
      const int left = std::min(kLanes, count - v * kLanes);
      Lane before{};
      if (layout.channel == 1) {
        if (accumulate) load_lanes(before, first, left);
        store_lanes(before + sum[r][v], first, left);
      } else {
        for (int c = 0; c < left && accumulate; c++) before[c] = first[c * layout.channel];
        const Lane after = before + sum[r][v];
        for (int c = 0; c < left; c++) first[c * layout.channel] = after[c];
      }
    }
  }
}

template <int kWide>
void run_share(const WindowProblem& problem, const Share& share, int groups, const Lane* small, const Lane* large, float* gradient,
               bool accumulate) {
  const int kernel = problem.sides.window.kernel, area = kernel * kernel, small_places = places(problem.sides.smaller),
            large_places = places(problem.sides.larger);
  const KernelLayout& layout = problem.layout;
  Strips<kWide> strips;
  const int most = std::clamp(kMostTransposed / large_places, 1, kStripGroups);
  for (int g = 0; g < groups; g += most, small += most * problem.small_group, large += most * problem.large_group) {
    strips.groups = std::min(most, groups - g);
    for (int place = 0; place < large_places; place++) {
      transpose_columns(large + static_cast<std::ptrdiff_t>(share.first_channel) * large_places + place,
                        {large_places, problem.large_group}, strips.groups, share.channels, kWide, *strips.at(place));
    }
    for_output_blocks(share.first_output, share.stop_output, [&]<int kRows>(int output) {
      for (int tap = 0; tap < area; tap++) {
        const KernelPlace at{tap / kernel, tap % kernel};
        if (problem.sides.meets_nothing(at.ky, at.kx)) continue;
        Lane sum[kRows][kWide] = {};
        add_tap(problem, at, strips, small + static_cast<std::ptrdiff_t>(output) * small_places, sum);
        float* first = gradient + output * layout.output + share.first_channel * layout.channel + tap * layout.tap;
        store(sum, share.channels, layout, first, accumulate || g > 0);
      }
    });
  }
}

int strips_of(const WindowProblem& problem) { return (problem.channels + kStripColumns - 1) / kStripColumns; }

}  // namespace

bool suits_strips(const WindowProblem& problem) {
  return places(problem.sides.larger) <= kMostPlaces && problem.channels >= kStripColumns / 2;
}

int strip_gradient_parts(const WindowProblem& problem) {
  return strips_of(problem) * ((problem.outputs + kPartOutputs - 1) / kPartOutputs);
}

void strip_gradient(const WindowProblem& problem, int part, int groups, const Lane* small, const Lane* large, float* gradient,
                    bool accumulate) {
  const int channel = part % strips_of(problem) * kStripColumns, output = part / strips_of(problem) * kPartOutputs;
  const Share share{channel, std::min(kStripColumns, problem.channels - channel), output, std::min(output + kPartOutputs, problem.outputs)};
  run_share<kStripVectors>(problem, share, groups, small, large, gradient, accumulate);
}

}  // namespace digitcompress
