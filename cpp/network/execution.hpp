#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "core/images.hpp"
#include "layers/patch_images.hpp"
#include "network/network.hpp"

namespace digitcompress {

// The numbers a pass computes with: stored values, or their transformed copies, plus the first layer's weights in patch order.
class EffectiveParameters {
 public:
  // With `grid`, the network's patch node reads byte images as patches.
  EffectiveParameters(const Network& network, const PatchGrid* grid);

  void refresh(const Network& network);  // after the stored values have changed
  [[nodiscard]] const float* const* of(const Node& node) const { return pointers_.data() + node.first_parameter; }
  [[nodiscard]] const float* parameter(int index) const { return pointers_[static_cast<std::size_t>(index)]; }
  [[nodiscard]] const float* patch_weights() const { return patch_weights_.data(); }
  [[nodiscard]] const PatchGrid* grid() const { return grid_; }

 private:
  const PatchGrid* grid_;
  std::vector<const float*> pointers_;
  AlignedVector<float> transformed_, patch_weights_;
};

// The samples of one tile: a tile of packed patches, or rows of an image array (row(s) = order[s], or s without order).
struct TileInput {
  const PatchImages* patches = nullptr;
  int tile = 0;
  const Images* images = nullptr;
  const std::uint32_t* order = nullptr;
  std::int64_t first = 0;
  int samples = 0;

  [[nodiscard]] int groups() const { return (samples + kLanes - 1) / kLanes; }
};

// Gradients of a whole network, in the arena's layout, with the patch node's weights in patch order.
struct Gradients {
  Gradients(const Network& network, const PatchGrid* grid);
  void clear();
  void add(const Gradients& other);
  // Adds the patch node's weight gradient, back in the order of the arena, to `to`.
  void unpack_patches(const Network& network, const PatchGrid& grid, std::span<float> to) const;

  AlignedVector<float> arena, patch_weights;
  std::size_t in_patches = 0;       // so many first values of the arena stay zero: the patch node keeps them in patch order
  std::vector<float> largest_seen;  // per node, for FakeQuantize
};

// Buffers for one tile of at most `samples` samples, reused from tile to tile.
class Workspace {
 public:
  Workspace(const Network& network, int samples, bool with_backward);

  // Runs nodes 0 … last and returns the output of `last`, [group][feature][lane].
  const Lane* forward(const Network& network, const EffectiveParameters& parameters, const TileInput& input, int last,
                      Gradients* gradients = nullptr);
  // From the gradient of node `last`'s output, written to output_gradient(last) by the caller.
  void backward(const Network& network, const EffectiveParameters& parameters, const TileInput& input, int last, Gradients& gradients);
  [[nodiscard]] Lane* output_gradient(int node) { return gradients_[static_cast<std::size_t>(node)].data(); }

 private:
  const Lane* load(const Network& network, const TileInput& input);
  [[nodiscard]] const Lane* input_of(int node) const {
    return node == 0 ? input_.data() : outputs_[static_cast<std::size_t>(node) - 1].data();
  }

  AlignedVector<Lane> input_;
  std::vector<AlignedVector<Lane>> outputs_, gradients_;
  std::vector<float*> parameter_gradients_;
};

}  // namespace digitcompress
