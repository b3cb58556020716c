#pragma once

namespace digitcompress {

// Covers `count` places by blocks of sizes known to the compiler: kLargest, then 5, 2 and 1.
// Calls block.template operator()<size>(first place).
template <int kLargest, class Block>
inline void for_blocks(int count, const Block& block) {
  int place = 0;
  for (; place + kLargest <= count; place += kLargest) block.template operator()<kLargest>(place);
  for (; place + 5 <= count; place += 5) block.template operator()<5>(place);
  for (; place + 2 <= count; place += 2) block.template operator()<2>(place);
  if (place < count) block.template operator()<1>(place);
}

}  // namespace digitcompress
