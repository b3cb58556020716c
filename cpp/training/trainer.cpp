#include "training/trainer.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/random.hpp"
#include "training/augmented_images.hpp"
#include "training/batch.hpp"
#include "training/update.hpp"

namespace digitcompress {
namespace {

constexpr std::uint64_t kShuffleStream = 1'000'000;  // parameters use the streams from 0

std::vector<float> balanced_weights(const LabelledImages& data, int classes) {
  std::vector<float> weights(static_cast<std::size_t>(classes), 0.0f);
  for (std::int64_t i = 0; i < data.images.count; i++) weights[static_cast<std::size_t>(data.labels[i])] += 1.0f;
  for (float& weight : weights) {
    if (weight > 0.0f) weight = static_cast<float>(data.images.count) / (static_cast<float>(classes) * weight);
  }
  return weights;
}

LossRun make_loss_run(const Loss& loss, const float* sample_weights, std::vector<float> class_weights, const LabelledImages& data,
                      int classes) {
  require<DataError>(data.labels != nullptr || reconstructs(loss), "labels are needed: the loss compares classes with them");
  const bool balances = std::visit([](const auto& l) { return l.kBalances; }, loss);
  if (class_weights.empty() && balances) class_weights = balanced_weights(data, classes);
  return {loss, sample_weights, std::move(class_weights), true};
}

// Fisher–Yates, keyed by seed and epoch. Four draws come from one block of random numbers.
void shuffle(std::vector<std::uint32_t>& order, std::uint64_t seed, std::int64_t epoch) {
  const Random random(seed, kShuffleStream + static_cast<std::uint64_t>(epoch));
  std::array<std::uint32_t, 4> bits = random.block(order.size() / 4);
  for (std::size_t i = order.size(); i > 1; i--) {
    if (i % 4 == 3) bits = random.block(i / 4);
    std::swap(order[i - 1], order[Random::below(bits[i % 4], static_cast<std::uint32_t>(i))]);
  }
}

}  // namespace

class Trainer::Run {
 public:
  Run(Network& network, const LabelledImages& data, const LabelledImages& validation, TrainingOptions options)
      : network_(network),
        data_(data),
        options_(std::move(options)),
        batch_(options_.batch_size == 0 ? data.images.count : std::min(options_.batch_size, data.images.count)),
        seen_(data, network.input(), options_.augmentation, options_.seed, options_.threads),
        runner_(network, seen_.data(), batch_, true, options_.threads),
        parameters_(network, runner_.grid()),
        loss_(make_loss_run(options_.loss, options_.sample_weights, options_.class_weights, data, network.classes())),
        update_(network, parameters_, options_.optimizer),
        state_{options_.first_step, {}, {}, empty_record()},
        finite_(network.arena()),
        finite_step_(options_.first_step) {
    if (validation.images.count > 0) {
      validation_runner_.emplace(network, validation, validation.images.count, false, options_.threads);
      validation_parameters_.emplace(network, validation_runner_->grid());
      validation_count_ = validation.images.count;
    }
    const int slots = std::visit([](const auto& optimizer) { return optimizer.state_slots(); }, options_.optimizer);
    require<LimitError>(slots <= kMostSlots, "fit: an optimizer must keep at most ", kMostSlots, " arrays a parameter, got ", slots);
    for (int s = 0; s < slots; s++) state_.slots.emplace_back(network.arena().size(), 0.0f);
    options_.records_epochs = options_.records_epochs || watches_metric(options_.schedule);
    if (shuffles()) order_.resize(static_cast<std::size_t>(data.images.count));
  }

  bool run(std::int64_t steps, Progress progress) {
    Watch watch(std::move(progress));
    update_.load(network_, parameters_, state_.slots);
    const bool done = train(steps, watch);
    update_.store(network_, parameters_, state_.slots);
    return done;
  }

  void resume(std::int64_t step, const ScheduleState& schedule, const Tally& tally, std::int64_t samples) {
    state_.step = step;
    state_.schedule = schedule;
    state_.epoch.tally = tally;
    state_.epoch.samples = samples;
    keep_finite();
  }

  TrainingState& state() { return state_; }
  [[nodiscard]] Running running() const {
    const Record& epoch = state_.epoch;
    if (epoch.samples == 0) return previous_;
    const auto samples = static_cast<double>(epoch.samples);
    const double correct = options_.records_epochs && epoch.tally.classes > 0 ? static_cast<double>(epoch.tally.correct()) : std::nan("");
    return {epoch.tally.loss / samples, correct / samples};
  }
  [[nodiscard]] std::int64_t steps_per_epoch() const { return (data_.images.count + batch_ - 1) / batch_; }
  [[nodiscard]] const std::vector<Record>& step_records() const { return step_records_; }
  [[nodiscard]] const std::vector<Record>& epoch_records() const { return epoch_records_; }

 private:
  bool train(std::int64_t steps, Watch& watch) {
    if (!calibrate(watch) || !record_epoch(watch)) return false;
    for (const std::int64_t goal = state_.step + steps; state_.step < goal;) {
      if (!train_batch(watch) || !record_epoch(watch)) return false;
    }
    return true;
  }

  [[nodiscard]] Record empty_record() const { return {0, 0, 0, 0.0, Tally(tally_classes(network_, options_.loss)), std::nullopt}; }
  [[nodiscard]] bool shuffles() const { return batch_ < data_.images.count; }
  [[nodiscard]] float rate(std::int64_t step) const {
    return rate_factor(options_.schedule, state_.schedule, step, options_.total_steps, steps_per_epoch());
  }
  [[nodiscard]] double learning_rate(std::int64_t step) const {
    const float full = std::visit([](const auto& optimizer) { return optimizer.learning_rate; }, options_.optimizer);
    return static_cast<double>(full) * static_cast<double>(rate(step));
  }

  // The samples of a step; those of full batches stay in place.
  [[nodiscard]] SampleOrder rows(std::int64_t epoch, std::int64_t first) {
    if (!shuffles()) return {};
    if (epoch != shuffled_epoch_) {
      std::iota(order_.begin(), order_.end(), 0u);
      shuffle(order_, options_.seed, epoch);
      shuffled_epoch_ = epoch;
    }
    return {order_.data() + first, data_.images.count - first};
  }

  // Activation ranges nobody has set yet are measured on the first batch, before anything is rounded.
  bool calibrate(Watch& watch) {
    const bool needed = std::any_of(network_.nodes().begin(), network_.nodes().end(), [&](const Node& node) {
      return std::holds_alternative<FakeQuantize>(node.layer) && network_.values(network_.parameter(node.parameters[0]))[0] == 0.0f;
    });
    if (!needed || state_.step != options_.first_step) return true;
    if (!runner_.run(network_, parameters_, {}, batch_, loss_, watch, key(0))) return false;
    runner_.learn(network_, parameters_);
    return true;
  }

  [[nodiscard]] StepKey key(std::int64_t step) const { return {options_.seed, static_cast<std::uint64_t>(step)}; }

  bool train_batch(Watch& watch) {
    const std::int64_t step = state_.step, epoch = step / steps_per_epoch(), first = step % steps_per_epoch() * batch_;
    const std::int64_t count = std::min(batch_, data_.images.count - first);
    const bool records = options_.record_every > 0 && step % options_.record_every == 0;
    loss_.with_tally = records || options_.records_epochs;
    parameters_.refresh_transformed(network_);
    const SampleOrder order = rows(epoch, first);
    seen_.change(order.rows, count, epoch);
    if (!runner_.run(network_, parameters_, order, count, loss_, watch, key(step))) return false;
    const Tally& tally = runner_.tally();
    check_finite(tally.loss, step);
    if (records && !record({step, epoch, count, learning_rate(step), tally, std::nullopt}, step_records_, watch)) return false;
    if (!update(step, count)) check_finite(std::nan(""), step);
    runner_.learn(network_, parameters_);
    if (options_.records_epochs)
      state_.epoch.tally.add(tally);
    else
      state_.epoch.tally.loss += tally.loss;
    state_.epoch.samples += count;
    state_.step++;
    return true;
  }

  // Does nothing within an epoch. One stopped while it is validated is recorded when the training goes on.
  bool record_epoch(Watch& watch) {
    if (state_.epoch.samples < data_.images.count) return true;
    if (options_.records_epochs) {
      Record entry = state_.epoch;
      entry.step = state_.step;
      entry.epoch = (state_.step - 1) / steps_per_epoch();
      entry.learning_rate = learning_rate(state_.step - 1);
      if (!record(std::move(entry), epoch_records_, watch)) return false;
      report_metric(options_.schedule, state_.schedule, metric(epoch_records_.back()));
    }
    previous_ = running();
    state_.epoch.tally.clear();
    state_.epoch.samples = 0;
    return true;
  }

  // The mean loss of the validation data, or without them of the epoch.
  [[nodiscard]] double metric(const Record& epoch) const {
    if (epoch.validation) return epoch.validation->loss / static_cast<double>(validation_count_);
    return epoch.tally.loss / static_cast<double>(epoch.samples);
  }

  void check_finite(double value, std::int64_t step) {
    if (std::isfinite(value)) return;
    std::copy(finite_.begin(), finite_.end(), network_.arena().begin());
    state_.step = finite_step_;
    fail<DivergenceError>("fit: loss and parameters must stay finite, got ", value, " at step ", step,
                          "; the network is back at its last recorded finite state, of step ", finite_step_,
                          ". A smaller learning rate usually helps");
  }

  bool record(Record entry, std::vector<Record>& records, Watch& watch) {
    update_.store(network_, parameters_, state_.slots);
    if (validation_runner_) {
      validation_parameters_->refresh(network_);
      LossRun loss = loss_;
      loss.sample_weights = nullptr;
      loss.with_tally = true;
      if (!validation_runner_->run(network_, *validation_parameters_, {}, validation_count_, loss, watch, key(state_.step))) return false;
      entry.validation = validation_runner_->tally();
    }
    records.push_back(std::move(entry));
    keep_finite();
    return true;
  }

  void keep_finite() {
    std::copy(network_.arena().begin(), network_.arena().end(), finite_.begin());
    finite_step_ = state_.step;
  }

  bool update(std::int64_t step, std::int64_t count) {
    const double samples = options_.gradient_samples > 0.0 ? options_.gradient_samples : static_cast<double>(count);
    return update_.apply(network_, parameters_, runner_, {options_.optimizer, step, rate(step)}, state_.slots,
                         static_cast<float>(1.0 / samples));
  }

  static constexpr int kMostSlots = 4;

  Network& network_;
  LabelledImages data_;
  TrainingOptions options_;
  std::int64_t batch_;
  AugmentedImages seen_;
  BatchRunner runner_;
  EffectiveParameters parameters_;
  LossRun loss_;
  ParameterUpdate update_;
  TrainingState state_;
  Running previous_{std::nan(""), std::nan("")};
  AlignedVector<float> finite_;
  std::int64_t finite_step_;
  std::vector<std::uint32_t> order_;
  std::int64_t shuffled_epoch_ = -1;
  std::optional<BatchRunner> validation_runner_;
  std::optional<EffectiveParameters> validation_parameters_;
  std::int64_t validation_count_ = 0;
  std::vector<Record> step_records_, epoch_records_;
};

Trainer::Trainer(Network& network, const LabelledImages& data, const LabelledImages& validation, TrainingOptions options)
    : run_(std::make_unique<Run>(network, data, validation, std::move(options))) {}
Trainer::Trainer(Trainer&&) noexcept = default;
Trainer::~Trainer() = default;

bool Trainer::run(std::int64_t steps, Progress progress) { return run_->run(steps, std::move(progress)); }
TrainingState& Trainer::state() { return run_->state(); }
void Trainer::resume(std::int64_t step, const ScheduleState& schedule, const Tally& tally, std::int64_t samples) {
  run_->resume(step, schedule, tally, samples);
}
const TrainingState& Trainer::state() const { return run_->state(); }
Running Trainer::running() const { return run_->running(); }
std::int64_t Trainer::steps_per_epoch() const { return run_->steps_per_epoch(); }
const std::vector<Record>& Trainer::step_records() const { return run_->step_records(); }
const std::vector<Record>& Trainer::epoch_records() const { return run_->epoch_records(); }

AlignedVector<float> mean_gradient(const Network& network, const LabelledImages& data, const Loss& loss, int threads, Progress progress) {
  BatchRunner runner(network, data, data.images.count, true, threads);
  const EffectiveParameters parameters(network, runner.grid());
  Watch watch(std::move(progress));
  runner.run(network, parameters, {}, data.images.count, make_loss_run(loss, nullptr, {}, data, network.classes()), watch, {});
  AlignedVector<float> gradient(runner.gradient().begin(), runner.gradient().end());
  if (runner.grid() != nullptr) {
    const Parameter& weight = network.parameter(patch_parameter(network));
    runner.grid()->unpack(runner.patch_gradient().data(), weight.shape[0], network.input().count(), kByteScale,
                          gradient.data() + weight.offset);
  }
  for (float& sum : gradient) sum *= 1.0f / static_cast<float>(data.images.count);
  return gradient;
}

Tally evaluate(const Network& network, const LabelledImages& data, const Loss& loss, int threads, Progress progress) {
  BatchRunner runner(network, data, data.images.count, false, threads);
  const EffectiveParameters parameters(network, runner.grid());
  Watch watch(std::move(progress));
  runner.run(network, parameters, {}, data.images.count, make_loss_run(loss, nullptr, {}, data, network.classes()), watch, {});
  return runner.tally();
}

}  // namespace digitcompress
