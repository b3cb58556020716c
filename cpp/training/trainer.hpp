#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/progress.hpp"
#include "metrics/confusion.hpp"
#include "network/network.hpp"
#include "training/augmentation.hpp"
#include "training/labelled_images.hpp"
#include "training/losses.hpp"
#include "training/optimizers.hpp"
#include "training/schedules.hpp"

namespace digitcompress {

struct TrainingOptions {
  Loss loss;
  Optimizer optimizer;
  Schedule schedule;
  std::vector<Augmentation> augmentation;
  std::int64_t total_steps = 0;   // what the schedule takes for the whole training
  std::int64_t batch_size = 0;    // 0: all samples at once, in their order
  std::int64_t record_every = 0;  // steps from record to record; 0: none but those of epochs
  bool records_epochs = false;    // count and validate whole epochs
  std::int64_t first_step = 0;    // what the first step is numbered: records and random numbers of a continued training go on from there
  double gradient_samples = 0.0;  // what full-batch gradients are divided by; 0: their number
  const float* sample_weights = nullptr;
  std::vector<float> class_weights;
  std::uint64_t seed = 0;
  int threads = 0;
};

// What was seen when `step` steps were done: of a step, its forward pass, before its update; of an epoch, the sum of its forward passes,
// and the validation after its last update.
struct Record {
  std::int64_t step = 0, epoch = 0, samples = 0;
  double learning_rate = 0.0;
  Tally tally;
  std::optional<Tally> validation;
};

// All that a training is besides its arguments and the network's parameters; random numbers are functions of the seed and the step.
struct TrainingState {
  std::int64_t step = 0;
  std::vector<AlignedVector<float>> slots;  // the optimizer's, each in the arena's layout
  ScheduleState schedule;
  Record epoch;  // so far; all of its samples while it still has to be recorded
};

// Means over the epoch so far, or over the one before when none of this has been seen; accuracy is nan where predictions are not counted.
struct Running {
  double loss, accuracy;
};

// Trains a network in place, piece by piece. Everything handed over must outlive it.
class Trainer {
 public:
  Trainer(Network& network, const LabelledImages& data, const LabelledImages& validation, TrainingOptions options);
  Trainer(Trainer&&) noexcept;
  ~Trainer();

  // Goes `steps` steps on. False when `progress` stopped it before; the network is at a whole step then. Throws DivergenceError when the
  // loss or a parameter is not finite: the network and the step are back at the last record then, or at the start.
  [[nodiscard]] bool run(std::int64_t steps, Progress progress);

  [[nodiscard]] TrainingState& state();
  // Stand where another trainer stood, once the network and the optimizer's slots have its numbers.
  void resume(std::int64_t step, const ScheduleState& schedule, const Tally& tally, std::int64_t samples);
  [[nodiscard]] const TrainingState& state() const;
  [[nodiscard]] Running running() const;
  [[nodiscard]] std::int64_t steps_per_epoch() const;
  [[nodiscard]] const std::vector<Record>& step_records() const;
  [[nodiscard]] const std::vector<Record>& epoch_records() const;

 private:
  class Run;
  std::unique_ptr<Run> run_;
};

// Mean gradient of every parameter over the samples, in the arena's layout. An interrupted pass leaves an unusable one.
[[nodiscard]] AlignedVector<float> mean_gradient(const Network& network, const LabelledImages& data, const Loss& loss, int threads,
                                                 Progress progress);

// Predictions against labels, and the loss, over all images. An interrupted pass leaves an unusable tally.
[[nodiscard]] Tally evaluate(const Network& network, const LabelledImages& data, const Loss& loss, int threads, Progress progress);

}  // namespace digitcompress
