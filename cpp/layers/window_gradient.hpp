#pragma once
#include "core/lanes.hpp"
#include "layers/tap_plan.hpp"

namespace digitcompress {

// Gradient of the weights of a sliding window:
//   gradient[o][c][ky][kx] = sum over samples and places of small[o][y][x] · large[c][y · stride - padding + ky][x · stride - padding + kx]
// For a convolution `small` is the output's gradient and `large` the input; for its transpose it is the other way round.
struct WindowGradient {
  Window window;
  Shape small, large;  // of one sample; only the first `outputs` and `channels` are used
  int outputs = 0, channels = 0;
  std::ptrdiff_t small_group = 0, large_group = 0;  // lanes of a group of samples

  // Whether a weight only ever meets padding: the outer ones where images are smaller than the kernel.
  [[nodiscard]] bool meets_nothing(int ky, int kx) const {
    const Interval rows = window.valid_places(ky, small.height, large.height), columns = window.valid_places(kx, small.width, large.width);
    return rows.first == rows.stop || columns.first == columns.stop;
  }
};

// The work falls into `window_gradient_parts` parts that write weights of their own. Adds to `gradient` if `accumulate`, else overwrites.
// Weights that meet nothing may be left out: what they have must be zero from the start.
[[nodiscard]] int window_gradient_parts(const WindowGradient& problem);
void window_gradient(const WindowGradient& problem, int part, int groups, const Lane* small, const Lane* large, float* gradient,
                     bool accumulate);

}  // namespace digitcompress
