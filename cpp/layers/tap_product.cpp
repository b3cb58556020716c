#include "layers/tap_product.hpp"

#include <algorithm>
#include <utility>

#include "core/aligned_memory.hpp"
#include "core/register_block.hpp"

namespace digitcompress {
namespace {

// Weights that stay in the first-level cache, and in the second (a border's places count theirs again); a group's input that stays there
// while outputs take turns.
constexpr std::ptrdiff_t kNearWeights = 4096, kCachedWeights = 1 << 19, kCachedInput = (512 << 10) / sizeof(Lane);

// Taps whose inputs, for a block of places, stay in the first-level cache.
constexpr int kNearTaps = (24 << 10) / kBlockPlaces / int{sizeof(Lane)};

// Weights of the next channel that lie in another page are out of the hardware's sight, so they are asked for early.
constexpr std::ptrdiff_t kFarWeights = 1024;
constexpr int kChannelsAhead = 8;

// Whole sums, which begin with the bias; or a stretch of long ones, from the first tap on or added to what is there.
enum class Stretch { kWhole, kFirst, kAdded };

template <Stretch kStretch, int kOutputs, int kPlaces>
inline void block_product(const TapProduct& product, const PlaceRun& run, int output, const Lane* const (&inputs)[kPlaces],
                          Lane* const (&outputs)[kPlaces]) {
  Lane sum[kOutputs][kPlaces];
#pragma GCC unroll 8
  for (int o = 0; o < kOutputs; o++) {
    const Lane start = broadcast(product.bias == nullptr ? 0.0f : product.bias[output + o]);
#pragma GCC unroll 8
    for (int p = 0; p < kPlaces; p++) sum[o][p] = kStretch == Stretch::kAdded ? outputs[p][(output + o) * product.output_plane] : start;
  }
  const Tap* taps = product.plan->taps.data() + run.first_tap;
  const float* weights = product.weights + output * product.output_stride;
  std::ptrdiff_t ahead = kOutputs * product.output_stride;
  for (int c = 0; c < product.channels; c += product.plan->channels, weights += product.channel_stride) {
    const std::ptrdiff_t plane = c * product.input_plane;
    if (product.channel_stride >= kFarWeights) {
#pragma GCC unroll 8
      for (int o = 0; o < kOutputs; o++) __builtin_prefetch(weights + kChannelsAhead * product.channel_stride + o * product.output_stride);
    }
    for (int t = 0; t < run.taps; t++) {
      const std::ptrdiff_t place = plane + taps[t].input;
      const float* weight = weights + taps[t].weight;
      if constexpr (kStretch != Stretch::kWhole) {  // the next block's weights, a row of them after the other
        __builtin_prefetch(weight + ahead);
        ahead += product.output_stride;
        if (ahead == 2 * kOutputs * product.output_stride) ahead = kOutputs * product.output_stride;
      }
      Lane value[kPlaces];
#pragma GCC unroll 8
      for (int p = 0; p < kPlaces; p++) {
        value[p] = inputs[p][place];
        keep_in_register(value[p]);
      }
#pragma GCC unroll 8
      for (int o = 0; o < kOutputs; o++) {
        const float factor = weight[o * product.output_stride];
#pragma GCC unroll 8
        for (int p = 0; p < kPlaces; p++) sum[o][p] += value[p] * factor;
      }
    }
  }
#pragma GCC unroll 8
  for (int o = 0; o < kOutputs; o++) {
#pragma GCC unroll 8
    for (int p = 0; p < kPlaces; p++) outputs[p][(output + o) * product.output_plane] = sum[o][p];
  }
}

// A place of a run in one of the groups.
struct Cursor {
  int group = 0, place = 0;

  void advance(const PlaceRun& run) {
    if (++place == run.count) place = 0, group++;
  }
};

// Places of one run in all groups: where a run is shorter than a block, groups take the place of places.
template <class Use>
inline void for_run_blocks(const TapProduct& product, const PlaceRun& run, int groups, const Lane* input, Lane* output, const Use& use) {
  Cursor at;
  for_place_blocks(0, groups * run.count, [&]<int kPlaces>(int) {
    const Lane* inputs[kPlaces];
    Lane* outputs[kPlaces];
#pragma GCC unroll 8
    for (int p = 0; p < kPlaces; p++, at.advance(run)) {
      inputs[p] = input + at.group * product.input_group + run.source + at.place * product.plan->source_step;
      outputs[p] = output + at.group * product.output_group + run.target + at.place * product.plan->target_step;
    }
    use(inputs, outputs);
  });
}

// Whether places are the outer loop: the input is read once, and the weights for each block of places. Else it is the other way round.
bool places_first(const TapProduct& product) {
  const std::ptrdiff_t repeats = product.channels / product.plan->channels;
  const std::ptrdiff_t weights = product.outputs * repeats * static_cast<std::ptrdiff_t>(product.plan->taps.size());
  return weights <= kNearWeights || (weights <= kCachedWeights && product.channels * product.input_plane > kCachedInput);
}

// Whether a block of outputs reads more than stays in the first-level cache for the next one.
bool is_long(const TapProduct& product) {
  return product.channels == product.plan->channels && product.plan->runs.size() == 1 && product.plan->runs[0].taps >= 2 * kNearTaps;
}

// All outputs of a run, a block of places after the other.
template <Stretch kStretch>
void run_places(const TapProduct& product, const PlaceRun& run, int groups, const Lane* input, Lane* output) {
  for_run_blocks(
      product, run, groups, input, output, [&]<int kPlaces>(const Lane* const(&inputs)[kPlaces], Lane* const(&outputs)[kPlaces]) {
        for_output_blocks(0, product.outputs,
                          [&]<int kOutputs>(int o) { block_product<kStretch, kOutputs, kPlaces>(product, run, o, inputs, outputs); });
      });
}

// Such a sum is made in stretches of taps, each for all outputs.
void run_stretches(const TapProduct& product, int groups, const Lane* input, Lane* output) {
  PlaceRun stretch = product.plan->runs[0];
  const int stop = stretch.first_tap + stretch.taps;
  stretch.taps = kNearTaps;
  run_places<Stretch::kFirst>(product, stretch, groups, input, output);
  for (stretch.first_tap += kNearTaps; stretch.first_tap < stop; stretch.first_tap += kNearTaps) {
    stretch.taps = std::min(kNearTaps, stop - stretch.first_tap);
    run_places<Stretch::kAdded>(product, stretch, groups, input, output);
  }
}

void run(const TapProduct& product, int groups, const Lane* input, Lane* output) {
  if (is_long(product)) return run_stretches(product, groups, input, output);
  if (places_first(product)) {
    for (const PlaceRun& run : product.plan->runs) run_places<Stretch::kWhole>(product, run, groups, input, output);
    return;
  }
  for_output_blocks(0, product.outputs, [&]<int kOutputs>(int o) {
    for (const PlaceRun& run : product.plan->runs) {
      for_run_blocks(product, run, groups, input, output,
                     [&]<int kPlaces>(const Lane* const(&inputs)[kPlaces], Lane* const(&outputs)[kPlaces]) {
                       block_product<Stretch::kWhole, kOutputs, kPlaces>(product, run, o, inputs, outputs);
                     });
    }
  });
}

// From a copy whose channels lie `plane` apart, group by group.
void run_spaced(TapProduct product, std::ptrdiff_t plane, int groups, const Lane* input, Lane* output) {
  static thread_local AlignedVector<Lane> copy;  // kept for the thread's next call
  const std::ptrdiff_t dense_plane = std::exchange(product.input_plane, plane);
  copy.resize(static_cast<std::size_t>(product.channels * plane));
  for (int g = 0; g < groups; g++, input += product.input_group, output += product.output_group) {
    for (int c = 0; c < product.channels; c++) std::copy_n(input + c * dense_plane, dense_plane, copy.data() + c * plane);
    run(product, 1, copy.data(), output);
  }
}

}  // namespace

void tap_product(const TapProduct& product, int groups, const Lane* input, Lane* output) {
  const std::ptrdiff_t plane = spaced_plane(product.input_plane, product.channels);
  if (plane == product.input_plane)
    run(product, groups, input, output);
  else
    run_spaced(product, plane, groups, input, output);
}

}  // namespace digitcompress
