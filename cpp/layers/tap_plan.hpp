#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/shape.hpp"

namespace digitcompress {

// One product of a window: where its factors lie, from the first input of a place and from the first weight of a row.
struct Tap {
  std::int32_t input = 0, weight = 0;
};

// Neighbouring places of an output that read their input by the same taps. Places at a border have fewer: padding is never multiplied.
struct PlaceRun {
  int target = 0, source = 0, count = 0;  // first place, its first input, and how many places
  int first_tap = 0, taps = 0;
};

// How each place of an output follows from places of an input.
struct TapPlan {
  std::vector<PlaceRun> runs;
  std::vector<Tap> taps;
  int target_step = 1, source_step = 1;  // from one place of a run to the next
  int channels = 1;                      // whose taps it holds; a product repeats it until it has summed over all of its channels
};

struct Interval {
  int first, stop;
};

// Square windows that slide over an image.
struct Window {
  int kernel = 1, stride = 1, padding = 0;

  [[nodiscard]] int output_extent(int extent) const { return (extent + 2 * padding - kernel) / stride + 1; }
  // Places of the smaller side, along one axis, whose window reaches into the larger one with kernel place k.
  [[nodiscard]] Interval valid_places(int k, int smaller, int larger) const {
    const int low = std::max(0, (padding - k + stride - 1) / stride), reach = larger - 1 + padding - k;
    return {low, std::max(low, reach < 0 ? 0 : std::min(smaller, reach / stride + 1))};
  }
  // Whether kernel place k, along one axis, only ever meets padding.
  [[nodiscard]] bool meets_nothing(int k, int smaller, int larger) const {
    const Interval places = valid_places(k, smaller, larger);
    return places.first == places.stop;
  }
};

// Both directions of a layer: outputs from inputs, and gradients of inputs from gradients of outputs. And what a convolution has decided
// about its weights; to find it out takes longer than a small product.
struct TapPlans {
  TapPlan forward, backward;
  bool by_winograd = false, kernel_outermost = false;
};

// Cross-correlation of `from` by the window, and its transpose. The first one's `to` and the second one's `from` are the smaller side.
// Successive weights of a kernel lie `weight_step` apart.
[[nodiscard]] TapPlan gathering_plan(const Window& window, const Shape& from, const Shape& to, std::ptrdiff_t weight_step);
[[nodiscard]] TapPlan scattering_plan(const Window& window, const Shape& from, const Shape& to, std::ptrdiff_t weight_step);

// Lanes from a channel of an input to the next, as a product reads them: where whole planes would bring a place of many channels to the
// same lines of the cache, tap_product reads a copy whose planes lie further apart.
[[nodiscard]] std::ptrdiff_t spaced_plane(std::ptrdiff_t plane, int channels);

// Channels become taps where places have few of them: a loop over the taps of each channel would take longer than its products.
[[nodiscard]] TapPlan with_channels(TapPlan plan, int channels, std::ptrdiff_t input_step, std::ptrdiff_t weight_step);

// One place that reads `inputs` values; successive weights lie `weight_step` apart.
[[nodiscard]] TapPlan dense_plan(int inputs, int weight_step);

}  // namespace digitcompress
