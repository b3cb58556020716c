#include "layers/outer_product.hpp"

#include <algorithm>
#include <cstring>

#include "core/register_block.hpp"

namespace digitcompress {
namespace {

// Samples are summed over by multiply-adds, not across lanes: the columns of a strip are transposed once, so that neighbouring columns lie
// in the lanes and each sample's row value is a broadcast.
constexpr int kVectors = kVectorBytes == 64 ? 4 : 2;
constexpr int kStrip = kVectors * kLanes;  // columns of a part
constexpr int kGroups = 64 / kLanes;       // groups transposed at a time

template <int kWide>
using Strip = Lane[kGroups * kLanes][kWide];

template <int kWide>
void transpose_strip(const Lane* columns, int stride, int groups, int count, Strip<kWide>& strip) {
  for (int g = 0; g < groups; g++) {
    for (int v = 0; v < kWide; v++) {
      Lane block[kLanes];
      for (int i = 0; i < kLanes; i++) {
        const int column = v * kLanes + i;
        block[i] = column < count ? columns[static_cast<std::ptrdiff_t>(g) * stride + column] : Lane{};
      }
      transpose(block);
      for (int i = 0; i < kLanes; i++) strip[g * kLanes + i][v] = block[i];
    }
  }
}

template <int kRows, int kWide>
inline void add_rows(const Strip<kWide>& strip, int groups, const Lane* rows, int stride, Lane (&sum)[kRows][kWide]) {
  for (int g = 0; g < groups; g++) {
    const float* values = reinterpret_cast<const float*>(rows + static_cast<std::ptrdiff_t>(g) * stride);
    for (int lane = 0; lane < kLanes; lane++) {
      const Lane* columns = strip[g * kLanes + lane];
      Lane column[kWide];
#pragma GCC unroll 8
      for (int v = 0; v < kWide; v++) column[v] = columns[v];
#pragma GCC unroll 8
      for (int r = 0; r < kRows; r++) {
        const float factor = values[r * kLanes + lane];
#pragma GCC unroll 8
        for (int v = 0; v < kWide; v++) sum[r][v] += column[v] * factor;
      }
    }
  }
}

// Where a part's columns are in the gradient, and how many.
struct Target {
  float* gradient;
  int stride, count;
};

template <int kRows, int kWide>
void strip_product(const Strip<kWide>& strip, int groups, const Lane* rows, int stride, const Target& target, bool accumulate) {
  Lane sum[kRows][kWide] = {};
#pragma GCC unroll 8
  for (int r = 0; r < kRows; r++) {
    for (int v = 0; v < kWide && accumulate; v++) {
      const int width = std::clamp(target.count - v * kLanes, 0, kLanes);
      std::memcpy(&sum[r][v], target.gradient + static_cast<std::ptrdiff_t>(r) * target.stride + v * kLanes,
                  static_cast<std::size_t>(width) * sizeof(float));
    }
  }
  add_rows(strip, groups, rows, stride, sum);
  for (int r = 0; r < kRows; r++) {
    std::memcpy(target.gradient + static_cast<std::ptrdiff_t>(r) * target.stride, sum[r],
                static_cast<std::size_t>(target.count) * sizeof(float));
  }
}

template <int kWide>
void run_strip(const OuterProduct& problem, int groups, const Lane* rows, const Lane* columns, const Target& target, bool accumulate) {
  Strip<kWide> strip;
  for (int g = 0; g < groups; g += kGroups) {
    const int block = std::min(kGroups, groups - g);
    transpose_strip(columns + static_cast<std::ptrdiff_t>(g) * problem.columns, problem.columns, block, target.count, strip);
    for_output_blocks(0, problem.rows, [&]<int kRows>(int r) {
      const Target to{target.gradient + static_cast<std::ptrdiff_t>(r) * target.stride, target.stride, target.count};
      strip_product<kRows>(strip, block, rows + static_cast<std::ptrdiff_t>(g) * problem.rows + r, problem.rows, to, accumulate || g > 0);
    });
  }
}

}  // namespace

int outer_product_parts(const OuterProduct& problem) { return (problem.columns + kStrip - 1) / kStrip; }

void outer_product(const OuterProduct& problem, int part, int groups, const Lane* rows, const Lane* columns, float* gradient,
                   bool accumulate) {
  const int first = part * kStrip, count = std::min(kStrip, problem.columns - first);
  const Target target{gradient + first, problem.columns, count};
  if (count <= kLanes)
    run_strip<1>(problem, groups, rows, columns + first, target, accumulate);
  else if (count <= 2 * kLanes)
    run_strip<2>(problem, groups, rows, columns + first, target, accumulate);
  else
    run_strip<kVectors>(problem, groups, rows, columns + first, target, accumulate);
}

}  // namespace digitcompress
