#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/images.hpp"
#include "core/progress.hpp"
#include "metrics/confusion.hpp"
#include "network/network.hpp"
#include "training/losses.hpp"
#include "training/optimizers.hpp"

namespace digitcompress {

struct LabelledImages {
  Images images;
  const std::int64_t* labels = nullptr;
};

struct TrainingOptions {
  Loss loss;
  Optimizer optimizer;
  std::int64_t epochs = 1;
  std::int64_t batch_size = 0;  // 0: all samples at once, in their order
  std::int64_t record_every = 1;
  std::int64_t first_step = 0;    // what the first step is numbered: records and random numbers of a continued training go on from there
  double gradient_samples = 0.0;  // what full-batch gradients are divided by; 0: their number
  const float* sample_weights = nullptr;
  std::vector<float> class_weights;
  std::uint64_t seed = 0;
  int threads = 0;
};

// One record: the forward pass of step `step`, before its update.
struct Record {
  std::int64_t step = 0, epoch = 0, samples = 0;
  Tally tally;
  std::optional<Tally> validation;
};

struct TrainingResult {
  std::vector<Record> records;
  std::int64_t steps = 0;
  bool interrupted = false;
};

// Trains `network` in place. Throws DivergenceError, with the network back at its last recorded finite state, when the loss is not finite.
[[nodiscard]] TrainingResult train(Network& network, const LabelledImages& data, const LabelledImages& validation,
                                   const TrainingOptions& options, Progress progress);

// Mean gradient of every parameter over the samples, in the arena's layout.
[[nodiscard]] AlignedVector<float> mean_gradient(const Network& network, const LabelledImages& data, const Loss& loss, int threads);

// Predictions against labels, and the loss, over all images. An interrupted pass leaves an unusable tally.
[[nodiscard]] Tally evaluate(const Network& network, const LabelledImages& data, const Loss& loss, int threads, Progress progress);

}  // namespace digitcompress
