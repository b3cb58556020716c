#pragma once
#include "core/lanes.hpp"

namespace digitcompress {

// For gradients that sum over samples by multiply-adds, not across lanes: some columns of one side are transposed once, so that
// neighbouring columns lie in the lanes, and each sample's value of the other side is a broadcast.
inline constexpr int kStripVectors = kVectorBytes == 64 ? 4 : 2;
inline constexpr int kStripColumns = kStripVectors * kLanes;
inline constexpr int kStripGroups = 64 / kLanes;  // groups of samples transposed at a time

// Of one sample; a strip is an array of them.
template <int kWide>
using StripRow = Lane[kWide];

// How many lanes further the next feature (row or column) and the next group of samples are.
struct Steps {
  std::ptrdiff_t feature, group;
};

// The first `count` columns, sample by sample, in rows of `wide` vectors; the rest of a row is zero.
inline void transpose_columns(const Lane* columns, const Steps& steps, int groups, int count, int wide, Lane* rows) {
  for (int g = 0; g < groups; g++) {
    for (int v = 0; v < wide; v++) {
      Lane block[kLanes];
      for (int i = 0; i < kLanes; i++) {
        const int column = v * kLanes + i;
        block[i] = column < count ? columns[g * steps.group + column * steps.feature] : Lane{};
      }
      transpose(block);
      for (int i = 0; i < kLanes; i++) rows[(g * kLanes + i) * wide + v] = block[i];
    }
  }
}

// sum[r] += the strip's columns times the values of row r, over all samples of the groups.
template <int kRows, int kWide>
inline void add_rows(const StripRow<kWide>* strip, int groups, const Lane* rows, const Steps& steps, Lane (&sum)[kRows][kWide]) {
  for (int g = 0; g < groups; g++) {
    const float* values[kRows];
#pragma GCC unroll 8
    for (int r = 0; r < kRows; r++) values[r] = reinterpret_cast<const float*>(rows + g * steps.group + r * steps.feature);
    for (int lane = 0; lane < kLanes; lane++) {
      const Lane* columns = strip[g * kLanes + lane];
      Lane column[kWide];
#pragma GCC unroll 8
      for (int v = 0; v < kWide; v++) {
        column[v] = columns[v];
        keep_in_register(column[v]);
      }
#pragma GCC unroll 8
      for (int r = 0; r < kRows; r++) {
        const float factor = values[r][lane];
#pragma GCC unroll 8
        for (int v = 0; v < kWide; v++) sum[r][v] += column[v] * factor;
      }
    }
  }
}

}  // namespace digitcompress
