#pragma once
#include "layers/ink_groups.hpp"
#include "layers/patch_dense.hpp"

// The forward pass of a dense layer on groups of similar images that ride in the lanes: a weight is read once for a whole group, where
// patch_dense.hpp reads it again for each image.
namespace digitcompress {

// SSE has too few registers for the sums of a block and a group: see docs/decisions/0009.
inline constexpr bool kInkGroupsPay = kVectorBytes >= 32;

namespace detail {

template <int kBlock>
inline void ink_group(const InkGroups& ink, std::size_t group, const float* weights, Lane* sums) {
  Lane sum[kBlock];
#pragma GCC unroll 16
  for (int u = 0; u < kBlock; u++) sum[u] = Lane{};
  const std::uint32_t stop = ink.first[group + 1];
  keep_in_register(weights);
  for (std::uint32_t e = ink.first[group]; e < stop; e++) {
    const float* weight = weights + std::size_t{ink.place[e]} * kBlock;
    keep_in_register(weight);
    const std::uint8_t* bytes = &ink.bytes[std::size_t{e} * kLanes];
    __builtin_prefetch(bytes + kInkAhead);  // the hardware stops at the end of a page
    const Lane pixels = __builtin_convertvector(spread_bytes<kLanes>(bytes), Lane);
#pragma GCC unroll 16
    for (int u = 0; u < kBlock; u++) sum[u] += pixels * weight[u];
  }
#pragma GCC unroll 16
  for (int u = 0; u < kBlock; u++) sums[u] = sum[u];
}

}  // namespace detail

// Weights from PatchGrid::pack's order to [block of units][place][unit of the block].
inline void pack_for_ink(const float* packed, int patches, int units, float* weights) {
  for_unit_blocks(units, [&]<int kBlock>(int unit) {
    const std::ptrdiff_t block = static_cast<std::ptrdiff_t>(unit) * patches * kPatch;
    for (int place = 0; place < patches * kPatch; place++) {
      const float* from = packed + block + place / kPatch * kPatch * kBlock + place % kPatch;
      for (int u = 0; u < kBlock; u++) weights[block + place * kBlock + u] = from[u * kPatch];
    }
  });
}

// output[group][unit] = scale · weights · pixels + bias, for groups first … first + count - 1; weights as pack_for_ink leaves them.
inline void ink_dense_forward(const InkGroups& ink, std::int64_t first, int count, const PatchWeights<float>& weights, int units,
                              Lane* output) {
  for_unit_blocks(units, [&]<int kBlock>(int unit) {
    const float* block = weights.packed + static_cast<std::ptrdiff_t>(unit) * weights.patches * kPatch;
    for (int g = 0; g < count; g++) {
      Lane sums[kBlock];
      detail::ink_group<kBlock>(ink, static_cast<std::size_t>(first + g), block, sums);
      for (int u = 0; u < kBlock; u++) {
        const float bias = weights.bias == nullptr ? 0.0f : weights.bias[unit + u];
        output[g * units + unit + u] = sums[u] * weights.scale + bias;
      }
    }
  });
}

}  // namespace digitcompress
