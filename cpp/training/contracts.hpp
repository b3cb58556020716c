#pragma once
#include <cstdint>
#include <span>

#include "training/losses.hpp"
#include "training/optimizers.hpp"
#include "training/schedules.hpp"

// Single pieces of training on plain row-major arrays, for whoever wants to check or plot them by themselves.
namespace digitcompress {

void loss_gradient(const Loss& loss, const float* logits, const std::int64_t* labels, std::int64_t count, int classes, float* losses,
                   float* gradient);

// The same for a loss that compares outputs with targets of the same shape.
void reconstruction_gradient(const Loss& loss, const float* outputs, const float* targets, std::int64_t count, int features, float* losses,
                             float* gradient);

// One update for each row of `gradients` (steps × size); rate_factors has one for each step, or is empty.
void optimizer_steps(const Optimizer& optimizer, std::span<float> parameter, const float* gradients, std::int64_t steps,
                     std::span<const float> rate_factors);

// Learning-rate factors of all steps; metrics[e] is reported at the end of epoch e, as far as there are any.
void schedule_factors(const Schedule& schedule, std::int64_t steps_per_epoch, std::span<const double> metrics, std::span<double> factors);

}  // namespace digitcompress
