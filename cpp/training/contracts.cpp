#include "training/contracts.hpp"

#include <algorithm>
#include <vector>

#include "core/error.hpp"
#include "core/vector.hpp"

namespace digitcompress {
namespace {

// Row-major samples of `features` values each, kLanes of them at a time.
struct Rows {
  std::int64_t count;
  int features;

  // Past the last sample, lanes repeat it.
  void load(const float* from, std::int64_t first, AlignedVector<Lane>& lanes) const {
    for (int lane = 0; lane < kLanes; lane++) {
      const std::int64_t sample = std::min(first + lane, count - 1);
      for (int f = 0; f < features; f++) lanes[static_cast<std::size_t>(f)][lane] = from[sample * features + f];
    }
  }
  void store(const AlignedVector<Lane>& lanes, std::int64_t first, float* to) const {
    for (int lane = 0; lane < kLanes && first + lane < count; lane++) {
      for (int f = 0; f < features; f++) to[(first + lane) * features + f] = lanes[static_cast<std::size_t>(f)][lane];
    }
  }
};

template <class Evaluate>
void evaluate_rows(const Rows& rows, const float* outputs, float* losses, float* gradient, const Evaluate& evaluate) {
  AlignedVector<Lane> z(static_cast<std::size_t>(rows.features)), dz(static_cast<std::size_t>(rows.features));
  for (std::int64_t first = 0; first < rows.count; first += kLanes) {
    rows.load(outputs, first, z);
    const Lane value = evaluate(first, z.data(), dz.data());
    rows.store(dz, first, gradient);
    for (int lane = 0; lane < kLanes && first + lane < rows.count; lane++) losses[first + lane] = value[lane];
  }
}

}  // namespace

void loss_gradient(const Loss& loss, const float* logits, const std::int64_t* labels, std::int64_t count, int classes, float* losses,
                   float* gradient) {
  for (std::int64_t sample = 0; sample < count; sample++) {
    require(labels[sample] >= 0 && labels[sample] < classes, "loss_gradient: labels must be in 0..", classes - 1, ", got ", labels[sample],
            " at index ", sample);
  }
  evaluate_rows({count, classes}, logits, losses, gradient, [&](std::int64_t first, const Lane* z, Lane* dz) {
    IntLane label{};
    for (int lane = 0; lane < kLanes; lane++) label[lane] = static_cast<std::int32_t>(labels[std::min(first + lane, count - 1)]);
    return evaluate_loss(loss, z, label, classes, dz);
  });
}

void reconstruction_gradient(const Loss& loss, const float* outputs, const float* targets, std::int64_t count, int features, float* losses,
                             float* gradient) {
  const Rows rows{count, features};
  AlignedVector<Lane> wanted(static_cast<std::size_t>(features));
  evaluate_rows(rows, outputs, losses, gradient, [&](std::int64_t first, const Lane* z, Lane* dz) {
    rows.load(targets, first, wanted);
    return evaluate_reconstruction(loss, z, wanted.data(), features, dz);
  });
}

void optimizer_steps(const Optimizer& optimizer, std::span<float> parameter, const float* gradients, std::int64_t steps,
                     std::span<const float> rate_factors) {
  const auto run = [&](const auto& rule) {
    std::vector<std::vector<float>> state(static_cast<std::size_t>(rule.state_slots()), std::vector<float>(parameter.size()));
    std::vector<float*> places;
    for (auto& slot : state) places.push_back(slot.data());
    for (std::int64_t step = 0; step < steps; step++) {
      const ScaledGradient gradient{gradients + step * static_cast<std::int64_t>(parameter.size()), 1.0f};
      const float rate_factor = rate_factors.empty() ? 1.0f : rate_factors[static_cast<std::size_t>(step)];
      rule.update(step + 1, rate_factor, gradient, parameter, places);
    }
  };
  std::visit(run, optimizer);
}

void schedule_factors(const Schedule& schedule, std::int64_t steps_per_epoch, std::span<const double> metrics, std::span<double> factors) {
  ScheduleState state;
  const auto total = static_cast<std::int64_t>(factors.size());
  for (std::int64_t step = 0; step < total; step++) {
    const auto epoch = static_cast<std::size_t>(step / steps_per_epoch);
    if (epoch > 0 && step % steps_per_epoch == 0 && epoch <= metrics.size()) report_metric(schedule, state, metrics[epoch - 1]);
    factors[static_cast<std::size_t>(step)] = static_cast<double>(rate_factor(schedule, state, step, total, steps_per_epoch));
  }
}

}  // namespace digitcompress
