#pragma once
#include "core/blocks.hpp"
#include "core/vector.hpp"

// How many accumulators a level's registers hold: outputs × places of a product. Measured: 4 × 4 with 32 registers, 6 × 2 with 16.
namespace digitcompress {

template <class Block>
inline void for_output_blocks(int first, int stop, const Block& block) {
  if constexpr (kVectorBytes == 64)
    for_blocks<4, 3, 2, 1>(first, stop, block);
  else if constexpr (kVectorBytes == 32)
    for_blocks<6, 4, 2, 1>(first, stop, block);
  else
    for_blocks<3, 2, 1>(first, stop, block);
}

template <class Block>
inline void for_place_blocks(int first, int stop, const Block& block) {
  if constexpr (kVectorBytes == 64)
    for_blocks<4, 3, 2, 1>(first, stop, block);
  else
    for_blocks<2, 1>(first, stop, block);
}

}  // namespace digitcompress
