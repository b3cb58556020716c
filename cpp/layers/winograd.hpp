#pragma once
#include "core/lanes.hpp"
#include "layers/window_problem.hpp"

namespace digitcompress {

// Whether a window's sums take less work by Winograd's minimal filtering than one by one: they do with many channels, and images of more
// than a few places.
[[nodiscard]] bool winograd_pays(const WindowProblem& problem);

// small = sums over large, of all channels; bias null: none.
void winograd_product(const WindowProblem& problem, int groups, const float* weights, const float* bias, const Lane* large, Lane* small);
// The gradient of `large` from that of `small`.
void winograd_transpose(const WindowProblem& problem, int groups, const float* weights, const Lane* small, Lane* large);

// Gradient of the weights; see `window_gradient`. For 3 × 3, and weights whose channels are neighbours in memory: layers of 5 × 5 that come
// into question have too few channels to fill the lanes.
[[nodiscard]] inline bool winograd_gradient_pays(const WindowProblem& problem) {
  return problem.by_winograd && problem.sides.window.kernel == 3;
}
[[nodiscard]] int winograd_gradient_parts(const WindowProblem& problem);
void winograd_gradient(const WindowProblem& problem, int part, int groups, const Lane* small, const Lane* large, float* gradient,
                       bool accumulate);

}  // namespace digitcompress
