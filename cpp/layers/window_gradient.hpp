#pragma once
#include "core/lanes.hpp"
#include "layers/window_problem.hpp"

namespace digitcompress {

// Gradient of the weights: the sum over samples and places of small[o][y][x] · large[c][y · stride - padding + ky][x · stride - padding +
// kx]. The work falls into `window_gradient_parts` parts that write weights of their own. Adds to `gradient` if `accumulate`, else
// overwrites. Weights that meet nothing may be left out: what they have must be zero from the start.
[[nodiscard]] int window_gradient_parts(const WindowProblem& problem);
void window_gradient(const WindowProblem& problem, int part, int groups, const Lane* small, const Lane* large, float* gradient,
                     bool accumulate);

}  // namespace digitcompress
