#include "training/contracts.hpp"

#include <algorithm>
#include <vector>

#include "core/error.hpp"
#include "core/vector.hpp"

namespace digitcompress {

void loss_gradient(const Loss& loss, const float* logits, const std::int64_t* labels, std::int64_t count, int classes, float* losses,
                   float* gradient) {
  AlignedVector<Lane> z(static_cast<std::size_t>(classes)), dz(static_cast<std::size_t>(classes));
  for (std::int64_t first = 0; first < count; first += kLanes) {
    IntLane label{};
    for (int lane = 0; lane < kLanes; lane++) {
      const std::int64_t sample = std::min(first + lane, count - 1);
      require(labels[sample] >= 0 && labels[sample] < classes, "loss_gradient: labels must be in 0..", classes - 1, ", got ",
              labels[sample], " at index ", sample);
      label[lane] = static_cast<std::int32_t>(labels[sample]);
      for (int c = 0; c < classes; c++) z[static_cast<std::size_t>(c)][lane] = logits[sample * classes + c];
    }
    const Lane value = evaluate_loss(loss, z.data(), label, classes, dz.data());
    for (int lane = 0; lane < kLanes && first + lane < count; lane++) {
      losses[first + lane] = value[lane];
      for (int c = 0; c < classes; c++) gradient[(first + lane) * classes + c] = dz[static_cast<std::size_t>(c)][lane];
    }
  }
}

void optimizer_steps(const Optimizer& optimizer, std::span<float> parameter, const float* gradients, std::int64_t steps) {
  std::visit(
      [&](const auto& rule) {
        std::vector<std::vector<float>> state(static_cast<std::size_t>(rule.state_slots()), std::vector<float>(parameter.size()));
        std::vector<float*> places;
        for (auto& slot : state) places.push_back(slot.data());
        const auto size = static_cast<Eigen::Index>(parameter.size());
        for (std::int64_t step = 0; step < steps; step++) {
          rule.update(step + 1, ConstValues(gradients + step * size, size), Values(parameter.data(), size), places);
        }
      },
      optimizer);
}

}  // namespace digitcompress
