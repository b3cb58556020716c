#pragma once
#include "core/lanes.hpp"
#include "layers/kernel_layout.hpp"

namespace digitcompress {

// Gradient of the weights of a sliding window:
//   gradient[o][c][ky][kx] = sum over samples and places of small[o][y][x] · large[c][y · stride - padding + ky][x · stride - padding + kx]
// For a convolution `small` is the output's gradient and `large` the input; for its transpose it is the other way round.
struct WindowGradient {
  WindowSides sides;  // shapes of one sample; only the first `outputs` and `channels` are used
  int outputs = 0, channels = 0;
  KernelLayout layout;                              // of the gradient
  std::ptrdiff_t small_group = 0, large_group = 0;  // lanes of a group of samples
};

// The work falls into `window_gradient_parts` parts that write weights of their own. Adds to `gradient` if `accumulate`, else overwrites.
// Weights that meet nothing may be left out: what they have must be zero from the start.
[[nodiscard]] int window_gradient_parts(const WindowGradient& problem);
void window_gradient(const WindowGradient& problem, int part, int groups, const Lane* small, const Lane* large, float* gradient,
                     bool accumulate);

}  // namespace digitcompress
