#include "layers/outer_product.hpp"

#include <algorithm>

#include "core/register_block.hpp"
#include "layers/column_strip.hpp"

namespace digitcompress {
namespace {

// Where a part's columns are in the gradient, and how many.
struct Target {
  float* gradient;
  int stride, count;
};

template <int kRows, int kWide>
void strip_product(const StripRow<kWide>* strip, int groups, const Lane* rows, int stride, const Target& target, bool accumulate) {
  const auto row = [&](int r) { return target.gradient + static_cast<std::ptrdiff_t>(r) * target.stride; };
  Lane sum[kRows][kWide] = {};
#pragma GCC unroll 8
  for (int r = 0; r < kRows; r++) {
#pragma GCC unroll 8
    for (int v = 0; v < kWide; v++) {
      if (accumulate)
        load_lanes(sum[r][v], row(r) + v * kLanes, target.count - v * kLanes);
      else
        __builtin_prefetch(row(r) + v * kLanes, 1);  // on its way while the sums are made
    }
  }
  add_rows<kRows, kWide>(strip, groups, rows, {1, stride}, sum);
#pragma GCC unroll 8
  for (int r = 0; r < kRows; r++) {
#pragma GCC unroll 8
    for (int v = 0; v < kWide; v++) store_lanes(sum[r][v], row(r) + v * kLanes, target.count - v * kLanes);
  }
}

template <int kWide>
void run_strip(const OuterProduct& problem, int groups, const Lane* rows, const Lane* columns, const Target& target, bool accumulate) {
  StripRow<kWide> strip[kStripGroups * kLanes];
  for (int g = 0; g < groups; g += kStripGroups) {
    const int block = std::min(kStripGroups, groups - g);
    transpose_columns(columns + static_cast<std::ptrdiff_t>(g) * problem.columns, {1, problem.columns}, block, target.count, kWide, *strip);
    for_output_blocks(0, problem.rows, [&]<int kRows>(int r) {
      const Target to{target.gradient + static_cast<std::ptrdiff_t>(r) * target.stride, target.stride, target.count};
      strip_product<kRows, kWide>(strip, block, rows + static_cast<std::ptrdiff_t>(g) * problem.rows + r, problem.rows, to,
                                  accumulate || g > 0);
    });
  }
}

}  // namespace

int outer_product_parts(const OuterProduct& problem) { return (problem.columns + kStripColumns - 1) / kStripColumns; }

void outer_product(const OuterProduct& problem, int part, int groups, const Lane* rows, const Lane* columns, float* gradient,
                   bool accumulate) {
  const int first = part * kStripColumns, count = std::min(kStripColumns, problem.columns - first);
  const Target target{gradient + first, problem.columns, count};
  if (count <= kLanes)
    run_strip<1>(problem, groups, rows, columns + first, target, accumulate);
  else if (count <= 2 * kLanes)
    run_strip<2>(problem, groups, rows, columns + first, target, accumulate);
  else
    run_strip<kStripVectors>(problem, groups, rows, columns + first, target, accumulate);
}

}  // namespace digitcompress
