#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace digitcompress {

// The seam for compression during training, between the stored weights and those a network computes with. Quantizers and pruners make these
// values; layers and the trainer only apply them.
struct ParameterTransform {
  // Turns a copy of the stored weights into the effective ones, in place.
  std::function<void(std::span<float> weights)> effective;
  // Changes the gradient after its reduction, in place; empty: straight through. `step` keys random numbers.
  std::function<void(std::span<float> gradient, std::int64_t step)> gradient;
};

using ParameterTransforms = std::vector<ParameterTransform>;  // applied in order

}  // namespace digitcompress
