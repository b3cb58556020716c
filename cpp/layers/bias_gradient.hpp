#pragma once
#include "layers/tile.hpp"

namespace digitcompress {

// Sums the output's gradient over samples and places, channel by channel.
inline void bias_gradient(const Tile& tile, const Lane* output_gradient, float* gradient, bool accumulate) {
  const int places = tile.output.height * tile.output.width;
  for (int c = 0; c < tile.output.channels; c++) {
    Lane total{};
    for (int g = 0; g < tile.groups; g++) {
      const Lane* plane = output_gradient + (static_cast<std::ptrdiff_t>(g) * tile.output.channels + c) * places;
      for (int i = 0; i < places; i++) total += plane[i];
    }
    gradient[c] = (accumulate ? gradient[c] : 0.0f) + sum(total);
  }
}

}  // namespace digitcompress
