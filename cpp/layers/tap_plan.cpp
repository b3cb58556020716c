#include "layers/tap_plan.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <tuple>
#include <utility>

#include "core/lanes.hpp"

namespace digitcompress {
namespace {

// What one coordinate of a target reads: sources first … first + count - 1, by kernel places that start at `kernel`.
struct AxisTaps {
  int first = 0, kernel = 0, count = 0;
};

AxisTaps gather_axis(const Window& window, int target, int extent) {
  const int start = target * window.stride - window.padding;
  const int low = std::max(0, -start), high = std::min(window.kernel, extent - start);
  return {start + low, low, std::max(0, high - low)};
}

// Sources that reach the target: source · stride - padding + kernel place = target.
AxisTaps scatter_axis(const Window& window, int target, int extent) {
  const int place = target + window.padding;
  const int low = std::max(0, (place - window.kernel + window.stride) / window.stride);
  const int high = std::min(extent - 1, place / window.stride);
  return {low, place - low * window.stride, std::max(0, high - low + 1)};
}

class Builder {
 public:
  Builder(const Window& window, int source_width, int kernel_step) : window_(window), width_(source_width), kernel_step_(kernel_step) {}

  // Index of the first tap of the product of two axes.
  int taps(const AxisTaps& y, const AxisTaps& x) {
    const auto key = std::tuple(y.kernel, y.count, x.kernel, x.count);
    const auto [found, is_new] = first_.try_emplace(key, static_cast<int>(plan.taps.size()));
    for (int j = 0; is_new && j < y.count; j++) {
      for (int i = 0; i < x.count; i++) {
        plan.taps.push_back({j * width_ + i, (y.kernel + j * kernel_step_) * window_.kernel + x.kernel + i * kernel_step_});
      }
    }
    return found->second;
  }

  TapPlan plan;

 private:
  Window window_;
  int width_, kernel_step_;
  std::map<std::tuple<int, int, int, int>, int> first_;
};

template <class Axis>
TapPlan make_plan(const Window& window, const Shape& from, const Shape& to, int kernel_step, int target_step, int source_step,
                  const Axis& axis) {
  Builder builder(window, from.width, kernel_step);
  builder.plan.target_step = target_step, builder.plan.source_step = source_step;
  for (int row = 0; row < to.height; row++) {
    const AxisTaps y = axis(window, row, from.height);
    for (int column = 0; column < to.width; column++) {
      const AxisTaps x = axis(window, column, from.width);
      const bool continues = column >= target_step && [&] {
        const AxisTaps before = axis(window, column - target_step, from.width);
        return x.first == before.first + source_step && x.kernel == before.kernel && x.count == before.count;
      }();
      const int target = row * to.width + column;
      if (continues) {
        const auto run = std::find_if(builder.plan.runs.rbegin(), builder.plan.runs.rend(), [&](const PlaceRun& candidate) {
          return candidate.target + candidate.count * target_step == target;
        });
        run->count++;
      } else {
        const bool empty = y.count == 0 || x.count == 0;
        builder.plan.runs.push_back(
            {target, empty ? 0 : y.first * from.width + x.first, 1, empty ? 0 : builder.taps(y, x), empty ? 0 : y.count * x.count});
      }
    }
  }
  return std::move(builder.plan);
}

TapPlan spread(TapPlan plan, std::ptrdiff_t weight_step) {
  for (Tap& tap : plan.taps) tap.weight = static_cast<std::int32_t>(tap.weight * weight_step);
  return plan;
}

}  // namespace

TapPlan gathering_plan(const Window& window, const Shape& from, const Shape& to, std::ptrdiff_t weight_step) {
  return spread(make_plan(window, from, to, 1, 1, window.stride, gather_axis), weight_step);
}

TapPlan scattering_plan(const Window& window, const Shape& from, const Shape& to, std::ptrdiff_t weight_step) {
  return spread(make_plan(window, from, to, -window.stride, window.stride, 1, scatter_axis), weight_step);
}

std::ptrdiff_t spaced_plane(std::ptrdiff_t plane, int channels) {
  constexpr std::ptrdiff_t kSameLines = 2048 / sizeof(Lane);  // a first-level cache repeats its lines every 4096 bytes
  constexpr int kManyChannels = 32;
  return plane % kSameLines == 0 && channels > kManyChannels ? plane + 1 : plane;
}

// Weights are read in the order of memory.
TapPlan with_channels(TapPlan plan, int channels, std::ptrdiff_t input_step, std::ptrdiff_t weight_step) {
  constexpr int kFewTaps = 4;
  const bool taps_apart = plan.taps.size() > 1 && std::abs(plan.taps[1].weight - plan.taps[0].weight) > weight_step;
  const auto has_few = [](const PlaceRun& run) { return run.taps <= kFewTaps; };
  if (!std::all_of(plan.runs.begin(), plan.runs.end(), has_few)) return plan;
  std::map<int, int> moved;  // first taps of the runs, before and after
  std::vector<Tap> taps;
  for (PlaceRun& run : plan.runs) {
    const auto [found, is_new] = moved.try_emplace(run.first_tap, static_cast<int>(taps.size()));
    const auto first = plan.taps.begin() + run.first_tap;
    for (int i = 0; is_new && i < run.taps * channels; i++) {
      const int c = taps_apart ? i % channels : i / run.taps, t = taps_apart ? i / channels : i % run.taps;
      taps.push_back(
          {static_cast<std::int32_t>(first[t].input + c * input_step), static_cast<std::int32_t>(first[t].weight + c * weight_step)});
    }
    run.first_tap = found->second, run.taps *= channels;
  }
  plan.taps = std::move(taps);
  plan.channels = channels;
  return plan;
}

TapPlan dense_plan(int inputs, int weight_step) {
  TapPlan plan;
  plan.runs.push_back({0, 0, 1, 0, inputs});
  for (int i = 0; i < inputs; i++) plan.taps.push_back({i, i * weight_step});
  return plan;
}

}  // namespace digitcompress
