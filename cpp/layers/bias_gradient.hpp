#pragma once
#include "core/blocks.hpp"
#include "layers/tile.hpp"

namespace digitcompress {

// Sums the output's gradient over samples and places, channel by channel.
inline void bias_gradient(const Tile& tile, const Lane* output_gradient, float* gradient, bool accumulate) {
  const std::ptrdiff_t places = static_cast<std::ptrdiff_t>(tile.output.height) * tile.output.width;
  // An addition waits for the one before it, so several channels take turns.
  for_blocks<8, 4, 2, 1>(0, tile.output.channels, [&]<int kChannels>(int first) {
    Lane total[kChannels] = {};
    for (int g = 0; g < tile.groups; g++) {
      const Lane* planes = output_gradient + (static_cast<std::ptrdiff_t>(g) * tile.output.channels + first) * places;
      for (std::ptrdiff_t i = 0; i < places; i++) {
#pragma GCC unroll 8
        for (int c = 0; c < kChannels; c++) total[c] += planes[c * places + i];
      }
    }
    for (int c = 0; c < kChannels; c++) gradient[first + c] = (accumulate ? gradient[first + c] : 0.0f) + sum(total[c]);
  });
}

}  // namespace digitcompress
