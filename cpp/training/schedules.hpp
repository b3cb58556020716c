#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <tuple>
#include <variant>

#include "core/error.hpp"
#include "core/field.hpp"

// A schedule says what the learning rate is multiplied by at a step, counted from 0, of a training of `total_steps`.
namespace digitcompress {

// What a schedule remembers of the metrics at the ends of epochs.
struct ScheduleState {
  double factor = 1.0, best = std::numeric_limits<double>::infinity();
  std::int64_t waited = 0;  // epochs since the best
};

struct ScheduleBase {
  static constexpr bool kWatchesMetric = false;  // whether on_metric does anything
  static constexpr auto fields() { return std::tuple{}; }
  void validate() const {}
  void on_metric(ScheduleState&, double) const {}  // after each epoch; smaller is better
};

namespace detail {

// From `from` at progress 0 to `to` at progress 1, along half a cosine.
inline double anneal(double from, double to, double progress) {
  return to + (from - to) * 0.5 * (1.0 + std::cos(std::numbers::pi * std::clamp(progress, 0.0, 1.0)));
}

inline double ratio(std::int64_t part, std::int64_t whole) { return static_cast<double>(part) / static_cast<double>(whole); }

inline bool is_share(float value) { return value >= 0.0f && value <= 1.0f; }
inline bool is_positive_share(float value) { return value > 0.0f && value <= 1.0f; }

}  // namespace detail

struct Constant : ScheduleBase {
  static constexpr const char* kName = "Constant";
  static constexpr const char* kKey = "constant";
  static constexpr const char* kDoc = "The learning rate as it is.";

  [[nodiscard]] float factor(std::int64_t, std::int64_t, std::int64_t) const { return 1.0f; }
};

struct Step : ScheduleBase {
  int every = 5;
  float gamma = 0.1f;

  static constexpr const char* kName = "Step";
  static constexpr const char* kKey = "step";
  static constexpr const char* kDoc = "Times ``gamma`` after every ``every`` epochs.";
  static constexpr auto fields() {
    return std::tuple{Field{"every", &Step::every, "Epochs between two drops, at least 1."},
                      Field{"gamma", &Step::gamma, "What a drop multiplies by, in (0, 1]."}};
  }
  void validate() const {
    require(every >= 1, "Step: every must be at least 1 epoch, got ", every);
    require(detail::is_positive_share(gamma), "Step: gamma must be in (0, 1], got ", gamma);
  }
  [[nodiscard]] float factor(std::int64_t step, std::int64_t, std::int64_t steps_per_epoch) const {
    const std::int64_t drops = step / steps_per_epoch / every;
    return static_cast<float>(std::pow(static_cast<double>(gamma), static_cast<double>(drops)));
  }
};

struct Exponential : ScheduleBase {
  float gamma = 0.9f;

  static constexpr const char* kName = "Exponential";
  static constexpr const char* kKey = "exponential";
  static constexpr const char* kDoc = "``gamma`` to the power of the epochs done, fractions of an epoch included.";
  static constexpr auto fields() { return std::tuple{Field{"gamma", &Exponential::gamma, "What an epoch multiplies by, in (0, 1]."}}; }
  void validate() const { require(detail::is_positive_share(gamma), "Exponential: gamma must be in (0, 1], got ", gamma); }
  [[nodiscard]] float factor(std::int64_t step, std::int64_t, std::int64_t steps_per_epoch) const {
    return static_cast<float>(std::pow(static_cast<double>(gamma), detail::ratio(step, steps_per_epoch)));
  }
};

struct Cosine : ScheduleBase {
  float final_fraction = 0.0f;
  int warmup_steps = 0;

  static constexpr const char* kName = "Cosine";
  static constexpr const char* kKey = "cosine";
  static constexpr const char* kDoc =
      "Half a cosine from 1 to ``final_fraction``, reached after the last step (Loshchilov and Hutter 2017, eq. 5), behind a linear "
      "warm-up.";
  static constexpr auto fields() {
    return std::tuple{Field{"final_fraction", &Cosine::final_fraction, "Factor at the end, in 0..1."},
                      Field{"warmup_steps", &Cosine::warmup_steps, "Steps of rising rate before the cosine, at least 0."}};
  }
  void validate() const {
    require(detail::is_share(final_fraction), "Cosine: final_fraction must be in 0..1, got ", final_fraction);
    require(warmup_steps >= 0, "Cosine: warmup_steps must be at least 0, got ", warmup_steps);
  }
  [[nodiscard]] float factor(std::int64_t step, std::int64_t total_steps, std::int64_t) const {
    if (step < warmup_steps) return static_cast<float>(detail::ratio(step + 1, std::int64_t{warmup_steps} + 1));
    const double progress = detail::ratio(step - warmup_steps, std::max<std::int64_t>(total_steps - warmup_steps, 1));
    return static_cast<float>(detail::anneal(1.0, static_cast<double>(final_fraction), progress));
  }
};

struct Cyclical : ScheduleBase {
  float low = 0.1f, period = 4.0f;

  static constexpr const char* kName = "Cyclical";
  static constexpr const char* kKey = "cyclical";
  static constexpr const char* kDoc = "Triangles: from ``low`` up to 1 and down again in ``period`` epochs, over and over (Smith 2017).";
  static constexpr auto fields() {
    return std::tuple{Field{"low", &Cyclical::low, "Factor at the start of a cycle, in 0..1."},
                      Field{"period", &Cyclical::period, "Epochs a cycle, in (0, 1e6]."}};
  }
  void validate() const {
    require(detail::is_share(low), "Cyclical: low must be in 0..1, got ", low);
    require(period > 0.0f && period <= 1e6f, "Cyclical: period must be in (0, 1e6] epochs, got ", period);
  }
  [[nodiscard]] float factor(std::int64_t step, std::int64_t, std::int64_t steps_per_epoch) const {
    const double cycles = detail::ratio(step, steps_per_epoch) / static_cast<double>(period);
    const double height = 1.0 - std::abs(2.0 * (cycles - std::floor(cycles)) - 1.0), bottom = static_cast<double>(low);
    return static_cast<float>(bottom + (1.0 - bottom) * height);
  }
};

struct OneCycle : ScheduleBase {
  float warmup_share = 0.3f, start_divisor = 25.0f, end_divisor = 1e4f;
  bool linear = false;

  static constexpr const char* kName = "OneCycle";
  static constexpr const char* kKey = "one_cycle";
  static constexpr const char* kDoc =
      "Up from ``1 / start_divisor`` to 1, then down to ``1 / (start_divisor end_divisor)`` at the last step (Smith and Topin 2019), along "
      "half "
      "cosines or straight lines.";
  static constexpr auto fields() {
    return std::tuple{Field{"warmup_share", &OneCycle::warmup_share, "Share of the steps in which the rate rises, in 0..1."},
                      Field{"start_divisor", &OneCycle::start_divisor, "Full rate over the first one, in 1..1e6."},
                      Field{"end_divisor", &OneCycle::end_divisor, "First rate over the last one, in 1..1e9."},
                      Field{"linear", &OneCycle::linear, "Straight lines, as in the paper, instead of half cosines."}};
  }
  void validate() const {
    require(detail::is_share(warmup_share), "OneCycle: warmup_share must be in 0..1, got ", warmup_share);
    require(start_divisor >= 1.0f && start_divisor <= 1e6f, "OneCycle: start_divisor must be in 1..1e6, got ", start_divisor);
    require(end_divisor >= 1.0f && end_divisor <= 1e9f, "OneCycle: end_divisor must be in 1..1e9, got ", end_divisor);
  }
  [[nodiscard]] float factor(std::int64_t step, std::int64_t total_steps, std::int64_t) const {
    const double now = static_cast<double>(step), last = static_cast<double>(total_steps - 1);
    const double top = std::clamp(static_cast<double>(warmup_share) * static_cast<double>(total_steps) - 1.0, 0.0, std::max(last, 0.0));
    const double start = 1.0 / static_cast<double>(start_divisor), end = start / static_cast<double>(end_divisor);
    if (now < top) return static_cast<float>(between(start, 1.0, now / top));
    return static_cast<float>(last > top ? between(1.0, end, (now - top) / (last - top)) : 1.0);
  }

 private:
  [[nodiscard]] double between(double from, double to, double progress) const {
    return linear ? from + (to - from) * std::min(progress, 1.0) : detail::anneal(from, to, progress);
  }
};

struct ReduceOnPlateau : ScheduleBase {
  int patience = 3;
  float reduction = 0.1f, minimum = 0.0f;

  static constexpr bool kWatchesMetric = true;
  static constexpr const char* kName = "ReduceOnPlateau";
  static constexpr const char* kKey = "reduce_on_plateau";
  static constexpr const char* kDoc = "Times ``factor`` whenever the metric has not been smaller than ever before for ``patience`` epochs.";
  static constexpr auto fields() {
    return std::tuple{Field{"patience", &ReduceOnPlateau::patience, "Epochs without a new best before a drop, at least 1."},
                      Field{"factor", &ReduceOnPlateau::reduction, "What a drop multiplies by, in (0, 1]."},
                      Field{"minimum", &ReduceOnPlateau::minimum, "No drop goes below this share of the learning rate, in 0..1."}};
  }
  void validate() const {
    require(patience >= 1, "ReduceOnPlateau: patience must be at least 1 epoch, got ", patience);
    require(detail::is_positive_share(reduction), "ReduceOnPlateau: factor must be in (0, 1], got ", reduction);
    require(detail::is_share(minimum), "ReduceOnPlateau: minimum must be in 0..1, got ", minimum);
  }
  // What the metrics decide is in the state; see rate_factor.
  [[nodiscard]] float factor(std::int64_t, std::int64_t, std::int64_t) const { return 1.0f; }

  void on_metric(ScheduleState& state, double value) const {
    if (value < state.best) {  // never true of NaN
      state.best = value;
      state.waited = 0;
    } else if (++state.waited >= patience) {
      state.factor = std::max(state.factor * static_cast<double>(reduction), static_cast<double>(minimum));
      state.waited = 0;
    }
  }
};

// Every schedule there is. A new one is a struct above and its name here.
using Schedule = std::variant<Constant, Step, Exponential, Cosine, Cyclical, OneCycle, ReduceOnPlateau>;

// The factor of a step, with what the metrics of the epochs so far decided.
[[nodiscard]] inline float rate_factor(const Schedule& schedule, const ScheduleState& state, std::int64_t step, std::int64_t total_steps,
                                       std::int64_t steps_per_epoch) {
  const float planned = std::visit([&](const auto& kind) { return kind.factor(step, total_steps, steps_per_epoch); }, schedule);
  return planned * static_cast<float>(state.factor);
}

[[nodiscard]] inline bool watches_metric(const Schedule& schedule) {
  return std::visit([](const auto& kind) { return kind.kWatchesMetric; }, schedule);
}

// Call at the end of each epoch; smaller metrics are better.
inline void report_metric(const Schedule& schedule, ScheduleState& state, double value) {
  std::visit([&](const auto& kind) { kind.on_metric(state, value); }, schedule);
}

}  // namespace digitcompress
