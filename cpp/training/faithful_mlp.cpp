#include "training/faithful_mlp.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <utility>

#include "core/error.hpp"
#include "training/faithful_pass.hpp"

namespace digitcompress {
namespace {

using Probabilities = std::span<const double>;

double target(std::size_t c, std::int64_t label) { return static_cast<std::int64_t>(c) == label ? 1.0 : 0.0; }

double cross_entropy(Probabilities p, std::int64_t label) { return -std::log(p[static_cast<std::size_t>(label)]); }
void cross_entropy_slope(Probabilities p, std::int64_t label, std::span<double> slopes) {
  std::fill(slopes.begin(), slopes.end(), 0.0);
  slopes[static_cast<std::size_t>(label)] = -1.0 / p[static_cast<std::size_t>(label)];
}

double mean_squared_error(Probabilities p, std::int64_t label) {
  double sum = 0.0;
  for (std::size_t c = 0; c < p.size(); c++) sum += (target(c, label) - p[c]) * (target(c, label) - p[c]);
  return sum;
}
void mean_squared_error_slope(Probabilities p, std::int64_t label, std::span<double> slopes) {
  for (std::size_t c = 0; c < p.size(); c++) slopes[c] = 2.0 * (p[c] - target(c, label));
}

double focal(Probabilities p, std::int64_t) {
  double sum = 0.0;
  for (const double each : p) sum -= (1.0 - each) * (1.0 - each) * std::log(each);
  return sum;
}
void focal_slope(Probabilities p, std::int64_t, std::span<double> slopes) {
  for (std::size_t c = 0; c < p.size(); c++) slopes[c] = 2.0 * (1.0 - p[c]) * std::log(p[c]) - (1.0 - p[c]) * (1.0 - p[c]) / p[c];
}

double hinge(Probabilities p, std::int64_t label) {
  double sum = 0.0;
  for (std::size_t c = 0; c < p.size(); c++) sum += std::max(0.0, 1.0 - target(c, label) * p[c]);
  return sum;
}
void hinge_slope(Probabilities p, std::int64_t label, std::span<double> slopes) {
  for (std::size_t c = 0; c < p.size(); c++) slopes[c] = p[c] < 1.0 ? -target(c, label) : 0.0;
}

// The source's class weights are all 1, so its weighted cross entropy is the plain one.
constexpr std::array kSourceLosses{SourceLoss{"cross_entropy", false, &cross_entropy, &cross_entropy_slope},
                                   SourceLoss{"weighted_cross_entropy", false, &cross_entropy, &cross_entropy_slope},
                                   SourceLoss{"mse", true, &mean_squared_error, &mean_squared_error_slope},
                                   SourceLoss{"focal", true, &focal, &focal_slope}, SourceLoss{"hinge", true, &hinge, &hinge_slope}};

// What is kept of a layer's stored weights before an update.
std::vector<char> pruning_mask(std::span<const double> weights, double rate) {
  const double threshold = magnitude_percentile(weights, rate);
  std::vector<char> mask(weights.size());
  std::transform(weights.begin(), weights.end(), mask.begin(), [threshold](double w) { return std::fabs(w) > threshold; });
  return mask;
}

void zero_masked(const std::vector<char>& mask, std::span<double> weights) {
  for (std::size_t i = 0; i < mask.size(); i++) weights[i] *= mask[i];
}

void put_on_grid(std::span<double> values, const FaithfulOptions& options) {
  for (double& value : values) value = faithful_quantize(value, options);
}

// What the update subtracts, from the gradient's sum over the samples. An array of its own: a product fused with the subtraction would be
// rounded differently from the source, and regrown weights lie on edges of the grid.
std::vector<double> descent_step(std::vector<double> sums, double inverse_samples, const FaithfulOptions& options) {
  for (double& value : sums) value *= inverse_samples;
  if (options.quantized) put_on_grid(sums, options);
  for (double& value : sums) value *= options.learning_rate;
  return sums;
}

void subtract(const std::vector<double>& step, std::span<double> values) {
  for (std::size_t i = 0; i < values.size(); i++) values[i] -= step[i];
}

void share_sum(std::vector<double>& gradient) {
  double sum = 0.0;
  for (const double each : gradient) sum += each;
  std::fill(gradient.begin(), gradient.end(), sum);
}

void update_layer(std::vector<double>& weights, std::vector<double>& biases, const std::vector<double>& weight_sums,
                  std::vector<double> bias_sums, double inverse_samples, const FaithfulOptions& options) {
  if (options.quirks.scalar_bias_gradient) share_sum(bias_sums);
  const std::vector<char> mask = options.pruned ? pruning_mask(weights, options.rate) : std::vector<char>{};
  zero_masked(mask, weights);
  subtract(descent_step(weight_sums, inverse_samples, options), weights);
  subtract(descent_step(std::move(bias_sums), inverse_samples, options), biases);
  if (!options.quirks.regrowth) zero_masked(mask, weights);
  if (options.quantized && !options.quirks.float_storage) {
    put_on_grid(weights, options);
    put_on_grid(biases, options);
  }
}

void require_finite(const std::vector<double>& values, const char* name, std::size_t layer, std::int64_t iteration, double learning_rate) {
  const bool finite = std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); });
  require<DivergenceError>(finite, "faithful mode: weights must stay finite, ", name, layer + 1, " is not after iteration ", iteration,
                           " with learning_rate ", learning_rate);
}

class Trajectory {
 public:
  Trajectory(const FaithfulImages& train, const FaithfulImages& dev, const FaithfulWeights& start, const FaithfulOptions& options,
             Progress progress)
      : options_(options),
        weights_(start),
        inverse_samples_(1.0 / (options.gradient_samples > 0.0 ? options.gradient_samples : static_cast<double>(train.count))),
        watch_(std::move(progress)),
        train_(train, start, options, true),
        dev_(dev, start, options, false) {}

  FaithfulResult run() {
    FaithfulResult result;
    std::int64_t i = 0;
    while (i < options_.iterations && keep_checkpoint(i, result) && iterate(i, result)) i++;
    result.interrupted = i < options_.iterations || !keep_checkpoint(i, result);
    result.last = measured(i);
    return result;
  }

 private:
  bool iterate(std::int64_t i, FaithfulResult& result) {
    const bool recorded = i % options_.record_every == 0;
    if (!train_.run(weights_, recorded, nullptr, watch_, i)) return false;
    if (recorded) result.records.push_back({i, train_.tally()});
    update(i);
    return true;
  }

  void update(std::int64_t i) {
    const FaithfulWeights& sums = train_.gradient_sums();
    for (std::size_t l = 0; l < weights_.weights.size(); l++) {
      update_layer(weights_.weights[l], weights_.biases[l], sums.weights[l], sums.biases[l], inverse_samples_, options_);
      require_finite(weights_.weights[l], "W", l, i, options_.learning_rate);
      require_finite(weights_.biases[l], "b", l, i, options_.learning_rate);
    }
  }

  bool keep_checkpoint(std::int64_t i, FaithfulResult& result) {
    if (!std::binary_search(options_.checkpoints.begin(), options_.checkpoints.end(), i)) return true;
    result.checkpoints.push_back(measured(i));
    return !watch_.stopped();
  }

  // The dev set is small, so its pass is not worth stopping.
  FaithfulCheckpoint measured(std::int64_t i) {
    Watch patient{nullptr};
    dev_.run(weights_, true, nullptr, patient, i);
    return {i, weights_, dev_.tally()};
  }

  const FaithfulOptions& options_;
  FaithfulWeights weights_;
  double inverse_samples_;
  Watch watch_;
  FaithfulPass train_, dev_;
};

void require_shapes(const FaithfulImages& images, const FaithfulWeights& weights) {
  require<ShapeError>(images.count == 0 || images.features == weights.widths[0], "faithful mode: images must have ", weights.widths[0],
                      " pixels as W1 has columns, got ", images.features);
}

void require_labels(const FaithfulImages& images, int classes) {
  for (std::int64_t i = 0; i < images.count; i++) {
    require(images.labels[i] >= 0 && images.labels[i] < classes, "faithful mode: labels must be in 0..", classes - 1, ", got ",
            images.labels[i], " at ", i);
  }
}

void require_finite_pixels(const FaithfulImages& images) {
  const std::int64_t count = images.reals == nullptr ? 0 : images.count * images.features;
  for (std::int64_t i = 0; i < count; i++) {
    require(std::isfinite(images.reals[i]), "faithful mode: images must be finite, got ", images.reals[i], " in image ",
            i / images.features, " at pixel ", i % images.features);
  }
}

void require_finite_start(const FaithfulWeights& weights) {
  for (std::size_t l = 0; l < weights.weights.size(); l++) {
    for (const auto* values : {&weights.weights[l], &weights.biases[l]}) {
      const auto bad = std::find_if(values->begin(), values->end(), [](double value) { return !std::isfinite(value); });
      require(bad == values->end(), "faithful mode: start must be finite, got ", bad == values->end() ? 0.0 : *bad, " in ",
              values == &weights.weights[l] ? "W" : "b", l + 1, " at ", bad - values->begin());
    }
  }
}

void require_options(const FaithfulOptions& options) {
  require(std::isfinite(options.learning_rate) && options.learning_rate > 0.0, "faithful mode: learning_rate must be positive, got ",
          options.learning_rate);
  require(options.iterations >= 1, "faithful mode: iterations must be at least 1, got ", options.iterations);
  require(options.bits >= 1 && options.bits <= 16, "faithful mode: bits must be in 1..16, got ", options.bits);
  require(options.rate >= 0.0 && options.rate < 1.0, "faithful mode: rate must be in [0, 1), got ", options.rate);
  require(std::isfinite(options.gradient_samples) && options.gradient_samples >= 0.0,
          "faithful mode: gradient_samples must be positive, got ", options.gradient_samples);
  require(options.record_every >= 1, "faithful mode: record_every must be at least 1, got ", options.record_every);
  for (const std::int64_t checkpoint : options.checkpoints) {
    require(checkpoint >= 0 && checkpoint <= options.iterations, "faithful mode: checkpoints must be in 0..", options.iterations, ", got ",
            checkpoint);
  }
}

void require_input(const FaithfulImages& images, const FaithfulWeights& weights) {
  require_shapes(images, weights);
  if (images.labels != nullptr) require_labels(images, weights.classes());
  require_finite_pixels(images);
}

}  // namespace

std::span<const SourceLoss> source_losses() { return kSourceLosses; }

FaithfulTally::FaithfulTally(int class_count)
    : classes(class_count),
      confusion(static_cast<std::size_t>(class_count * class_count)),
      losses(kSourceLosses.size() * static_cast<std::size_t>(class_count)) {}

void FaithfulTally::add(const FaithfulTally& other) {
  std::transform(confusion.begin(), confusion.end(), other.confusion.begin(), confusion.begin(), std::plus{});
  std::transform(losses.begin(), losses.end(), other.losses.begin(), losses.begin(), std::plus{});
}

double magnitude_percentile(std::span<const double> values, double rate) {
  std::vector<double> magnitudes(values.size());
  std::transform(values.begin(), values.end(), magnitudes.begin(), [](double value) { return std::fabs(value); });
  const double place = static_cast<double>(values.size() - 1) * (rate * 100.0 / 100.0);  // the source multiplies, NumPy divides
  const auto below = static_cast<std::ptrdiff_t>(std::floor(place));
  std::nth_element(magnitudes.begin(), magnitudes.begin() + below, magnitudes.end());
  const double low = magnitudes[static_cast<std::size_t>(below)];
  if (below + 1 == static_cast<std::ptrdiff_t>(magnitudes.size())) return low;
  const double high = *std::min_element(magnitudes.begin() + below + 1, magnitudes.end());
  const double t = place - static_cast<double>(below);
  // Volatile keeps the product from being fused with the sum, which would round differently from NumPy.
  const volatile double step = (high - low) * (t < 0.5 ? t : 1.0 - t);
  return t < 0.5 ? low + step : high - step;
}

FaithfulResult faithful_train(const FaithfulImages& train, const FaithfulImages& dev, const FaithfulWeights& start,
                              const FaithfulOptions& options, Progress progress) {
  require_options(options);
  require(train.count > 0, "faithful mode: there must be at least one image, got none");
  require_finite_start(start);
  require_input(train, start);
  require_input(dev, start);
  return Trajectory(train, dev, start, options, std::move(progress)).run();
}

std::vector<double> faithful_probabilities(const FaithfulImages& images, const FaithfulWeights& weights, const FaithfulOptions& options) {
  require_options(options);
  require_finite_start(weights);
  require_input(images, weights);
  std::vector<double> probabilities(static_cast<std::size_t>(images.count * weights.classes()));
  Watch watch{nullptr};
  FaithfulPass(images, weights, options, false).run(weights, false, probabilities.data(), watch, 0);
  return probabilities;
}

}  // namespace digitcompress
