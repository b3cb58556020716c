#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <tuple>
#include <vector>

#include "core/lanes.hpp"
#include "core/random.hpp"
#include "core/shape.hpp"
#include "layers/kernel_layout.hpp"

namespace digitcompress {

// An elementwise layer that is run by the one next to it, in place, on `count` vectors; its slope follows from its output.
struct Rectifier {
  std::function<void(Lane* values, std::ptrdiff_t count)> forward;
  std::function<void(const Lane* values, Lane* gradient, std::ptrdiff_t count)> backward;
};

// What a layer needs besides its own hyper-parameters to work on a tile: `groups` × kLanes samples, laid out [group][feature][lane].
struct Tile {
  std::span<const Shape> inputs;  // of one sample
  Shape output;
  int groups = 0, samples = 0;               // lanes past the last sample repeat it
  const float* const* parameters = nullptr;  // effective values, in the order of the layer's parameters()
  const TapPlans* plans = nullptr;           // the layer's plans()
  Lane* saved = nullptr;                     // saved_lanes() a group, which forward leaves for backward; null when nothing is trained
  float* summary = nullptr;                  // summary_size() numbers about the whole batch; see BatchNorm
  const Random* random = nullptr;            // set while training; the same for every tile of a step
  int first_group = 0;                       // of the tile within the batch, which random numbers are keyed by
  const Rectifier* rectifier = nullptr;      // before a layer that kRectifies, and left to it; null: none

  [[nodiscard]] const Shape& input() const { return inputs.front(); }
  [[nodiscard]] bool is_training() const { return random != nullptr; }
};

struct ParameterSpec {
  const char* name;
  std::vector<int> shape;
  int fan_in = 0, fan_out = 0;  // a bias has no fan-out; without fan-in either, initializers leave it at its start
  bool trainable = true;
  float start = 0.0f;
  const char* node = nullptr;             // set: the parameter of this name belongs to another node, and is only used here
  std::vector<std::size_t> strides = {};  // values from one to the next along each axis; empty: as the shape says, the last axis innermost
  std::vector<ValueRange> used = {};      // as they lie in memory, those that ever get a gradient; empty: all
};

// What most layers say. A layer hides what it says differently.
struct LayerBase {
  static constexpr bool kJoins = false;            // takes several inputs
  static constexpr bool kSynchronizes = false;     // looks at the whole batch before it goes on
  static constexpr bool kKeepsValues = false;      // the output is the input under another shape
  static constexpr bool kInPlace = false;          // backward needs at most the output, so that it may replace the input
  static constexpr bool kUsesOutput = false;       // backward needs the output
  static constexpr bool kUsesInput = true;         // backward, or the gradient of parameters, needs the input
  static constexpr bool kOverwritesInput = false;  // backward may write the input's gradient over it, being the last that reads it
  static constexpr bool kTakesLargest = false;     // each output is the largest of some inputs
  static constexpr bool kRectifies = false;        // can do the work of a rectifier before it while it has the values at hand

  static constexpr auto fields() { return std::tuple{}; }
  // Whether larger inputs never have smaller outputs, each value by itself: then it may trade places with a maximum.
  [[nodiscard]] bool keeps_order() const { return false; }
  void validate() const {}
  [[nodiscard]] std::vector<ParameterSpec> parameters(const Shape&) const { return {}; }
  [[nodiscard]] long multiply_adds(const Shape&) const { return 0; }
  [[nodiscard]] std::shared_ptr<const TapPlans> plans(const Shape&) const { return nullptr; }
  [[nodiscard]] std::size_t saved_lanes(const Shape&) const { return 0; }
  [[nodiscard]] std::size_t summary_size(const Shape&) const { return 0; }
  // Layers with trainable parameters split their gradient into parts that no two threads share, each a sum over the tile's groups:
  //   void parameter_gradient(const Tile&, int part, const Lane* input, const Lane* output_gradient, float* const* gradients,
  //                           bool accumulate) const;
  [[nodiscard]] int gradient_parts(const Shape&) const { return 0; }
  // Before both backward, which nobody may want, and parameter_gradient: a layer may make what they have in common from what it saved:
  //   void prepare_gradient(const Tile&, const Lane* output_gradient) const;
};

// Which lanes of a group hold a sample of their own.
inline IntLane lane_mask(const Tile& tile, int group) {
  IntLane mask{};
  const int samples = std::min(kLanes, tile.samples - group * kLanes);
  for (int lane = 0; lane < samples; lane++) mask[lane] = -1;
  return mask;
}

// Layers that map each value by itself: calls f(i) for every lane vector of a tile.
template <class Function>
inline void for_each_lane(const Tile& tile, const Function& f) {
  const std::ptrdiff_t count = static_cast<std::ptrdiff_t>(tile.groups) * tile.input().count();
  for (std::ptrdiff_t i = 0; i < count; i++) f(i);
}

}  // namespace digitcompress
