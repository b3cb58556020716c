#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "core/double_lanes.hpp"
#include "core/progress.hpp"
#include "core/vector.hpp"
#include "layers/patch_images.hpp"
#include "layers/row_dense.hpp"
#include "training/faithful_mlp.hpp"

namespace digitcompress {

// Puts a value on the source's grid: trunc(clip(v · s, -s, s)) / s with s = 2^bits - 1.
[[nodiscard]] double faithful_quantize(double value, const FaithfulOptions& options);

// Forward and backward passes of the faithful perceptron over all samples of one data set.
class FaithfulPass {
 public:
  FaithfulPass(const FaithfulImages& images, const FaithfulWeights& shape, const FaithfulOptions& options, bool with_backward);

  // Computes what was asked for: gradients when built with_backward, the tally when `with_tally`, probabilities [image][class] unless null.
  // False when stopped half-way: nothing may be used then.
  bool run(const FaithfulWeights& weights, bool with_tally, double* probabilities, Watch& watch, std::int64_t step);

  // Sums over the samples, after run.
  [[nodiscard]] const FaithfulWeights& gradient_sums() const { return gradient_; }
  [[nodiscard]] FaithfulTally tally() const;

 private:
  // The places of one chunk of tiles; its sums are added to the others' in a fixed order.
  struct Chunk {
    Chunk(const FaithfulWeights& shape, int first_layer_size);
    AlignedVector<double> first;                             // weight gradient of layer 0, in the kernel's order
    std::vector<AlignedVector<DoubleLane>> weights, biases;  // gradients, one sum for each lane; weights[0] is empty
    std::vector<AlignedVector<DoubleLane>> z, a, u, dz;      // of one group: sums, ReLU outputs, those as the next layer sees them
    AlignedVector<double> hidden;                            // z of layer 0 for a tile, replaced by its gradient
    FaithfulTally tally;
  };
  struct Task {
    bool with_tally;
    double* probabilities;
  };

  void set_weights(const FaithfulWeights& weights);
  void run_tile(int tile, const Task& task, Chunk& chunk);
  void keep_gradient(Chunk& chunk, int first) const;
  void first_layer_forward(int tile, double* output) const;
  void first_layer_backward(int tile, const double* output_gradient, Chunk& chunk) const;
  void forward_group(Chunk& chunk) const;
  void backward_group(const LongLane& labels, Chunk& chunk) const;
  void output_gradient(const LongLane& labels, Chunk& chunk) const;
  void tally_group(std::int64_t first, int samples, const Task& task, Chunk& chunk) const;
  void sum_chunks();
  // A tile of float64 images stays in the cache between the forward and the backward pass.
  [[nodiscard]] int tile_size() const { return grid_ ? kPatchTile : 64; }
  [[nodiscard]] std::int64_t tiles() const { return (images_.count + tile_size() - 1) / tile_size(); }
  [[nodiscard]] int tile_samples(int tile) const;
  [[nodiscard]] ImageRows rows(int tile) const {
    return {images_.reals + std::int64_t{tile} * tile_size() * images_.features, tile_samples(tile), images_.features};
  }

  FaithfulImages images_;
  const FaithfulOptions& options_;
  bool with_backward_;
  std::unique_ptr<PatchGrid> grid_;  // null: images are float64
  PatchImages packed_;
  AlignedVector<double> first_;                                   // weights of layer 0 in the kernel's order
  std::vector<std::vector<double>> forward_, backward_, biases_;  // weights as the forward and the backward pass use them
  FaithfulWeights gradient_;
  std::vector<Chunk> chunks_;
};

}  // namespace digitcompress
