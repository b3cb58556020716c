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

using Strip = Lane[kGroups * kLanes][kVectors];

void transpose_strip(const Lane* columns, int stride, int groups, int count, Strip& strip) {
  for (int g = 0; g < groups; g++) {
    for (int v = 0; v < kVectors; v++) {
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

template <int kRows>
inline void add_rows(const Strip& strip, int groups, const Lane* rows, int stride, Lane (&sum)[kRows][kVectors]) {
  for (int g = 0; g < groups; g++) {
    const float* values = reinterpret_cast<const float*>(rows + static_cast<std::ptrdiff_t>(g) * stride);
    for (int lane = 0; lane < kLanes; lane++) {
      const Lane* columns = strip[g * kLanes + lane];
      Lane column[kVectors];
#pragma GCC unroll 8
      for (int v = 0; v < kVectors; v++) column[v] = columns[v];
#pragma GCC unroll 8
      for (int r = 0; r < kRows; r++) {
        const float factor = values[r * kLanes + lane];
#pragma GCC unroll 8
        for (int v = 0; v < kVectors; v++) sum[r][v] += column[v] * factor;
      }
    }
  }
}

template <int kRows>
void strip_product(const Strip& strip, int groups, const Lane* rows, int stride, int count, float* gradient, int columns, bool accumulate) {
  Lane sum[kRows][kVectors] = {};
#pragma GCC unroll 8
  for (int r = 0; r < kRows; r++) {
    for (int v = 0; v < kVectors && accumulate; v++) {
      const int width = std::clamp(count - v * kLanes, 0, kLanes);
      std::memcpy(&sum[r][v], gradient + static_cast<std::ptrdiff_t>(r) * columns + v * kLanes,
                  static_cast<std::size_t>(width) * sizeof(float));
    }
  }
  add_rows(strip, groups, rows, stride, sum);
  for (int r = 0; r < kRows; r++) {
    std::memcpy(gradient + static_cast<std::ptrdiff_t>(r) * columns, sum[r], static_cast<std::size_t>(count) * sizeof(float));
  }
}

}  // namespace

int outer_product_parts(const OuterProduct& problem) { return (problem.columns + kStrip - 1) / kStrip; }

void outer_product(const OuterProduct& problem, int part, int groups, const Lane* rows, const Lane* columns, float* gradient,
                   bool accumulate) {
  const int first = part * kStrip, count = std::min(kStrip, problem.columns - first);
  Strip strip;
  for (int g = 0; g < groups; g += kGroups) {
    const int block = std::min(kGroups, groups - g);
    transpose_strip(columns + static_cast<std::ptrdiff_t>(g) * problem.columns + first, problem.columns, block, count, strip);
    const bool add = accumulate || g > 0;
    for_output_blocks(0, problem.rows, [&]<int kRows>(int r) {
      strip_product<kRows>(strip, block, rows + static_cast<std::ptrdiff_t>(g) * problem.rows + r, problem.rows, count,
                           gradient + static_cast<std::ptrdiff_t>(r) * problem.columns + first, problem.columns, add);
    });
  }
}

}  // namespace digitcompress
