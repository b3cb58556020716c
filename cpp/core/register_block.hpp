#pragma once
#include "core/blocks.hpp"
#include "core/vector.hpp"

// How many accumulators a level's registers hold: outputs × places of a product. Measured: 6 × 4 with 32 registers, 6 × 2 with 16. What is
// done beside the products is shared by as many of them: see docs/decisions/0022.
namespace digitcompress {

inline constexpr int kBlockPlaces = kVectorBytes == 64 ? 4 : 2;

template <class Block>
inline void for_output_blocks(int first, int stop, const Block& block) {
  if constexpr (kVectorBytes == 16) return for_blocks<3, 2, 1>(first, stop, block);
  // 8 are 4 and 4, not 6 and 2.
  for (; stop - first >= 6 && stop - first != 8; first += 6) block.template operator()<6>(first);
  for_blocks<4, 2, 1>(first, stop, block);
}

template <class Block>
inline void for_place_blocks(int first, int stop, const Block& block) {
  if constexpr (kBlockPlaces == 4)
    for_blocks<4, 3, 2, 1>(first, stop, block);
  else
    for_blocks<2, 1>(first, stop, block);
}

}  // namespace digitcompress
