#pragma once
#include <cstddef>

#include "layers/kernel_layout.hpp"

namespace digitcompress {

// The sums of a sliding window between two images, of which `smaller` has a place for each position of the window over `larger`:
//   small[o][y][x] = sum over channels and the kernel of weight[o][c][ky][kx] · large[c][stride · y - padding + ky][…]
// For a convolution `small` is the output and `large` the input; for its transpose it is the other way round.
struct WindowProblem {
  WindowSides sides;  // shapes of one sample; only the first `outputs` and `channels` are used
  int outputs = 0, channels = 0;
  KernelLayout layout;                              // of the weights
  std::ptrdiff_t small_group = 0, large_group = 0;  // lanes of a group of samples
  bool by_winograd = false;                         // see winograd.hpp
};

}  // namespace digitcompress
