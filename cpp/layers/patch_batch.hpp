#pragma once
#include "core/lanes.hpp"
#include "layers/patch_dense.hpp"
#include "layers/patch_members.hpp"

// A dense layer on a small batch of images given as patches with ink, with neighbouring units in the lanes. A patch's weights for a vector
// of units stay in registers while the samples that have ink there go by: forward each adds to its sums, backward to the gradient.
// Weights and their gradient are in PatchOrder::kUnitsInnermost.
namespace digitcompress {

[[nodiscard]] inline int unit_vectors(int units) { return (units + kLanes - 1) / kLanes; }

// Vectors of units that one thread takes.
struct VectorShare {
  int first, stop;
};
inline constexpr int kMostVectors = 8;  // of a share: the sums of 64 samples then stay in the nearest cache

// Up to PatchMembers::kSamples samples, and which of them have ink in a patch.
struct PatchBatch {
  const PatchImages& images;
  const PatchRows& rows;
  const PatchMembers& members;
};

// output[group][unit] = scale · weights · pixels + bias for the units of a share; lanes past the last sample repeat it.
void patch_batch_forward(const PatchBatch& batch, const PatchWeights<float>& weights, int units, const VectorShare& share, Lane* output);

// weight_gradient = outer products of output gradients and pixels, += when it `adds`. The gradients lie sample by sample, a vector of units
// after the other; what is past the last unit must be zero.
void patch_batch_backward(const PatchBatch& batch, const Lane* output_gradient, int units, const VectorShare& share, bool adds,
                          float* weight_gradient);

}  // namespace digitcompress
