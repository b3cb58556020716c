#include "layers/outer_product.hpp"

#include <algorithm>

#include "core/register_block.hpp"
#include "layers/column_strip.hpp"
#include "layers/tap_plan.hpp"

namespace digitcompress {
namespace {

constexpr int kCutRows = 192, kMostCuts = 4;

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

int strips_of(const OuterProduct& problem) { return (problem.columns + kStripColumns - 1) / kStripColumns; }

// Rows are cut as well, so that a share of the parts is whole rows of the gradient: neighbours in memory, as the update takes them.
int cuts_of(const OuterProduct& problem) { return std::clamp(problem.rows / kCutRows, 1, kMostCuts); }

Interval rows_of(const OuterProduct& problem, int cut) {
  const auto edge = [&](int at) { return problem.rows * at / cuts_of(problem); };
  return {edge(cut), edge(cut + 1)};
}

template <int kWide>
void run_strip(const OuterProduct& problem, const Interval& cut, int groups, const Lane* rows, const Lane* columns, const Target& target,
               bool accumulate) {
  StripRow<kWide> strip[kStripGroups * kLanes];
  for (int g = 0; g < groups; g += kStripGroups) {
    const int block = std::min(kStripGroups, groups - g);
    transpose_columns(columns + static_cast<std::ptrdiff_t>(g) * problem.columns, {1, problem.columns}, block, target.count, kWide, *strip);
    for_output_blocks(cut.first, cut.stop, [&]<int kRows>(int r) {
      const Target to{target.gradient + static_cast<std::ptrdiff_t>(r) * target.stride, target.stride, target.count};
      strip_product<kRows, kWide>(strip, block, rows + static_cast<std::ptrdiff_t>(g) * problem.rows + r, problem.rows, to,
                                  accumulate || g > 0);
    });
  }
}

}  // namespace

int outer_product_parts(const OuterProduct& problem) { return cuts_of(problem) * strips_of(problem); }

void outer_product(const OuterProduct& problem, int part, int groups, const Lane* rows, const Lane* columns, float* gradient,
                   bool accumulate) {
  const Interval cut = rows_of(problem, part / strips_of(problem));
  const int first = part % strips_of(problem) * kStripColumns, count = std::min(kStripColumns, problem.columns - first);
  const Target target{gradient + first, problem.columns, count};
  if (count <= kLanes)
    run_strip<1>(problem, cut, groups, rows, columns + first, target, accumulate);
  else if (count <= 2 * kLanes)
    run_strip<2>(problem, cut, groups, rows, columns + first, target, accumulate);
  else
    run_strip<kStripVectors>(problem, cut, groups, rows, columns + first, target, accumulate);
}

}  // namespace digitcompress
