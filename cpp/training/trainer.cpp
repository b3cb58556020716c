#include "training/trainer.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/random.hpp"
#include "training/batch.hpp"

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
  const bool balances = std::visit([](const auto& l) { return l.kBalances; }, loss);
  if (class_weights.empty() && balances) class_weights = balanced_weights(data, classes);
  return {loss, sample_weights, std::move(class_weights), true};
}

// Fisher–Yates, keyed by seed and epoch.
void shuffle(std::vector<std::uint32_t>& order, std::uint64_t seed, std::int64_t epoch) {
  const Random random(seed, kShuffleStream + static_cast<std::uint64_t>(epoch));
  for (std::size_t i = order.size(); i > 1; i--) std::swap(order[i - 1], order[random.below(i, static_cast<std::uint32_t>(i))]);
}

class Trainer {
 public:
  Trainer(Network& network, const LabelledImages& data, const LabelledImages& validation, const TrainingOptions& options, Progress progress)
      : network_(network),
        data_(data),
        options_(options),
        batch_(options.batch_size == 0 ? data.images.count : std::min(options.batch_size, data.images.count)),
        runner_(network, data, batch_, true, options.threads),
        parameters_(network, runner_.grid()),
        loss_(make_loss_run(options.loss, options.sample_weights, options.class_weights, data, network.classes())),
        watch_(std::move(progress)),
        gradient_(network.arena().size()),
        finite_(network.arena()) {
    if (validation.images.count > 0) {
      validation_runner_.emplace(network, validation, validation.images.count, false, options.threads);
      validation_parameters_.emplace(network, validation_runner_->grid());
      validation_count_ = validation.images.count;
    }
    const int slots = std::visit([](const auto& optimizer) { return optimizer.state_slots(); }, options.optimizer);
    for (int s = 0; s < slots; s++) state_.emplace_back(network.arena().size(), 0.0f);
    if (shuffles()) {
      order_.resize(static_cast<std::size_t>(data.images.count));
    }
  }

  TrainingResult run() {
    if (!calibrate()) return finish(true);
    const std::int64_t first_epoch = options_.first_step / ((data_.images.count + batch_ - 1) / batch_);
    for (std::int64_t epoch = first_epoch; epoch < first_epoch + options_.epochs; epoch++) {
      if (shuffles()) {
        std::iota(order_.begin(), order_.end(), 0u);
        shuffle(order_, options_.seed, epoch);
      }
      for (std::int64_t first = 0; first < data_.images.count; first += batch_) {
        if (!train_batch(epoch, first)) return finish(true);
      }
    }
    return finish(false);
  }

 private:
  [[nodiscard]] bool shuffles() const { return batch_ < data_.images.count; }
  [[nodiscard]] const std::uint32_t* rows(std::int64_t first) const { return shuffles() ? order_.data() + first : nullptr; }

  TrainingResult finish(bool interrupted) {
    result_.interrupted = interrupted;
    return std::move(result_);
  }

  // Activation ranges nobody has set yet are measured on the first batch, before anything is rounded.
  bool calibrate() {
    const bool needed = std::any_of(network_.nodes().begin(), network_.nodes().end(), [&](const Node& node) {
      return std::holds_alternative<FakeQuantize>(node.layer) && range(node) == 0.0f;
    });
    if (!needed) return true;
    if (!runner_.run(network_, parameters_, nullptr, batch_, loss_, watch_, 0)) return false;
    update_ranges();
    return true;
  }

  [[nodiscard]] float& range(const Node& node) {
    return network_.values(network_.parameters()[static_cast<std::size_t>(node.first_parameter)])[0];
  }

  void update_ranges() {
    for (std::size_t i = 0; i < network_.nodes().size(); i++) {
      const Node& node = network_.nodes()[i];
      if (std::holds_alternative<FakeQuantize>(node.layer)) range(node) = runner_.largest_seen(static_cast<int>(i));
    }
  }

  bool train_batch(std::int64_t epoch, std::int64_t first) {
    const std::int64_t count = std::min(batch_, data_.images.count - first), step = options_.first_step + result_.steps;
    const bool records = step % options_.record_every == 0;
    loss_.with_tally = records;
    parameters_.refresh(network_);
    if (!runner_.run(network_, parameters_, rows(first), count, loss_, watch_, step)) return false;
    Tally tally = runner_.tally();
    check_finite(tally.loss, step);
    if (records && !record(epoch, count, std::move(tally))) return false;
    update(step, count);
    update_ranges();
    check_finite(Values(network_.arena().data(), static_cast<Eigen::Index>(network_.arena().size())).abs().sum(), step);
    result_.steps++;
    return true;
  }

  void check_finite(double value, std::int64_t step) {
    if (std::isfinite(value)) return;
    std::copy(finite_.begin(), finite_.end(), network_.arena().begin());
    fail<DivergenceError>("fit: loss and parameters must stay finite, got ", value, " at step ", step,
                          "; the network is back at its last recorded finite state. A smaller learning rate usually helps");
  }

  bool record(std::int64_t epoch, std::int64_t count, Tally tally) {
    Record entry{options_.first_step + result_.steps, epoch, count, std::move(tally), std::nullopt};
    if (validation_runner_) {
      validation_parameters_->refresh(network_);
      LossRun loss = loss_;
      loss.sample_weights = nullptr;
      if (!validation_runner_->run(network_, *validation_parameters_, nullptr, validation_count_, loss, watch_, result_.steps))
        return false;
      entry.validation = validation_runner_->tally();
    }
    result_.records.push_back(std::move(entry));
    std::copy(network_.arena().begin(), network_.arena().end(), finite_.begin());
    return true;
  }

  void update(std::int64_t step, std::int64_t count) {
    runner_.sum_gradients(network_, gradient_);
    const double samples = options_.gradient_samples > 0.0 ? options_.gradient_samples : static_cast<double>(count);
    Values(gradient_.data(), static_cast<Eigen::Index>(gradient_.size())) *= static_cast<float>(1.0 / samples);
    for (const Parameter& parameter : network_.parameters()) {
      if (!parameter.trainable) continue;
      const std::span<float> gradient(gradient_.data() + parameter.offset, parameter.size);
      for (const auto& transform : parameter.transforms) {
        if (transform.gradient) transform.gradient(gradient, step);
      }
      std::vector<float*> state;
      for (auto& slot : state_) state.push_back(slot.data() + parameter.offset);
      const auto size = static_cast<Eigen::Index>(parameter.size);
      Values values(network_.values(parameter).data(), size);
      std::visit([&](const auto& optimizer) { optimizer.update(step + 1, ConstValues(gradient.data(), size), values, state); },
                 options_.optimizer);
    }
  }

  Network& network_;
  LabelledImages data_;
  const TrainingOptions& options_;
  std::int64_t batch_;
  BatchRunner runner_;
  EffectiveParameters parameters_;
  LossRun loss_;
  Watch watch_;
  AlignedVector<float> gradient_, finite_;
  std::vector<AlignedVector<float>> state_;
  std::vector<std::uint32_t> order_;
  std::optional<BatchRunner> validation_runner_;
  std::optional<EffectiveParameters> validation_parameters_;
  std::int64_t validation_count_ = 0;
  TrainingResult result_;
};

}  // namespace

TrainingResult train(Network& network, const LabelledImages& data, const LabelledImages& validation, const TrainingOptions& options,
                     Progress progress) {
  return Trainer(network, data, validation, options, std::move(progress)).run();
}

AlignedVector<float> mean_gradient(const Network& network, const LabelledImages& data, const Loss& loss, int threads) {
  BatchRunner runner(network, data, data.images.count, true, threads);
  const EffectiveParameters parameters(network, runner.grid());
  Watch watch(nullptr);
  AlignedVector<float> gradient(network.arena().size());
  runner.run(network, parameters, nullptr, data.images.count, make_loss_run(loss, nullptr, {}, data, network.classes()), watch, 0);
  runner.sum_gradients(network, gradient);
  Values(gradient.data(), static_cast<Eigen::Index>(gradient.size())) *= 1.0f / static_cast<float>(data.images.count);
  return gradient;
}

Tally evaluate(const Network& network, const LabelledImages& data, const Loss& loss, int threads, Progress progress) {
  BatchRunner runner(network, data, data.images.count, false, threads);
  const EffectiveParameters parameters(network, runner.grid());
  Watch watch(std::move(progress));
  runner.run(network, parameters, nullptr, data.images.count, make_loss_run(loss, nullptr, {}, data, network.classes()), watch, 0);
  return runner.tally();
}

}  // namespace digitcompress
