#pragma once
#include <cstddef>

#include "core/lanes.hpp"
#include "layers/tap_plan.hpp"

namespace digitcompress {

// The one product behind dense layers, convolutions and their transposes:
//   output[o][place] = bias[o] + sum over channels c and the place's taps of weight[o][c][tap] · input[c][place, tap]
struct TapProduct {
  const TapPlan* plan = nullptr;
  int outputs = 0, channels = 0;                         // channels that are summed over
  const float* weights = nullptr;                        // of the first output
  std::ptrdiff_t output_stride = 0, channel_stride = 0;  // between weights of neighbouring outputs and channels
  const float* bias = nullptr;                           // null: none
  std::ptrdiff_t input_plane = 1, input_group = 1;       // lanes of a channel, and of a group of samples
  std::ptrdiff_t output_plane = 1, output_group = 1;
};

void tap_product(const TapProduct& product, int groups, const Lane* input, Lane* output);

}  // namespace digitcompress
