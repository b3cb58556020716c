#pragma once
#include "layers/window_gradient.hpp"

namespace digitcompress {

// The same as `window_gradient` for many channels of small images. There a weight's sum is so short that adding up its lanes would take
// longer; here neighbouring channels lie in the lanes and nothing is left to add up.
[[nodiscard]] bool suits_strips(const WindowProblem& problem);
[[nodiscard]] int strip_gradient_parts(const WindowProblem& problem);
void strip_gradient(const WindowProblem& problem, int part, int groups, const Lane* small, const Lane* large, float* gradient,
                    bool accumulate);

}  // namespace digitcompress
