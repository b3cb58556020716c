#pragma once
#include <cstdint>
#include <span>

#include "training/losses.hpp"
#include "training/optimizers.hpp"

// Single pieces of training on plain row-major arrays, for whoever wants to check or plot them by themselves.
namespace digitcompress {

void loss_gradient(const Loss& loss, const float* logits, const std::int64_t* labels, std::int64_t count, int classes, float* losses,
                   float* gradient);

// One update for each row of `gradients` (steps × size).
void optimizer_steps(const Optimizer& optimizer, std::span<float> parameter, const float* gradients, std::int64_t steps);

}  // namespace digitcompress
