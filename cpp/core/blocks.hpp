#pragma once

namespace digitcompress {

// Covers the places first … stop - 1 by blocks of sizes known to the compiler, the largest that fit first; the sizes must fall and end
// in 1. Calls block.template operator()<size>(first place).
template <int kSize, int... kSmaller, class Block>
inline void for_blocks(int first, int stop, const Block& block) {
  for (; first + kSize <= stop; first += kSize) block.template operator()<kSize>(first);
  if constexpr (sizeof...(kSmaller) > 0) for_blocks<kSmaller...>(first, stop, block);
}

}  // namespace digitcompress
