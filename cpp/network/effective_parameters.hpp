#pragma once
#include <vector>

#include "layers/patch_images.hpp"
#include "network/network.hpp"

namespace digitcompress {

// The numbers a pass computes with: stored values, or their transformed copies, plus the first layer's weights in patch order.
class EffectiveParameters {
 public:
  // With `grid`, the network's patch node reads byte images as patches.
  EffectiveParameters(const Network& network, const PatchGrid* grid);

  void refresh(const Network& network);  // after the stored values have changed
  // The same, but a patch node's weight without transforms stays as it is here: training changes it in place.
  void refresh_transformed(const Network& network);
  [[nodiscard]] const float* const* of(int node) const { return of_node_[static_cast<std::size_t>(node)].data(); }
  [[nodiscard]] const float* parameter(int index) const { return pointers_[static_cast<std::size_t>(index)]; }

  // The patch node's weight in patch order. Where it has no transforms, an optimizer may change it here; `store` then brings it back.
  [[nodiscard]] const PatchGrid* grid() const { return grid_; }
  [[nodiscard]] AlignedVector<float>& patch_weights() { return patch_weights_; }
  [[nodiscard]] const AlignedVector<float>& patch_weights() const { return patch_weights_; }
  void store(Network& network) const;

 private:
  void pack(const Network& network);

  const PatchGrid* grid_;
  std::vector<const float*> pointers_;
  std::vector<std::vector<const float*>> of_node_;
  AlignedVector<float> transformed_, patch_weights_;
};

// Index of the patch node's weight among the parameters.
[[nodiscard]] int patch_parameter(const Network& network);

}  // namespace digitcompress
