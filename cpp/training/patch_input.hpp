#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "layers/ink_groups.hpp"
#include "layers/patch_batch.hpp"
#include "layers/patch_dense.hpp"
#include "network/workspace.hpp"
#include "training/labelled_images.hpp"

namespace digitcompress {

// The samples of a block of a batch: places first … first + samples - 1 of `order`, which goes on to `stop`; without order, of the data.
struct BlockRows {
  const std::uint32_t* order = nullptr;
  std::int64_t stop = 0, ahead = 0, first = 0;  // `ahead` places further is worth fetching early
  int samples = 0;
};

// A data set as patches with ink, for the Dense that reads it: packed once. A full batch is shared out by samples, which go on to the rest
// of the network at once, and so is a small one whose weights are few; else it is shared out by units, forward and backward, so that each
// thread keeps its weights in its cache.
class PatchInput {
 public:
  struct Plan {
    std::int64_t block_samples;
    bool is_whole, with_backward;  // whether every batch takes all samples
    int threads;
  };
  // Null unless the network begins with a Dense and the images are bytes, most of them blank.
  static std::unique_ptr<PatchInput> make(const Network& network, const LabelledImages& data, const Plan& plan);
  PatchInput(const Dense& dense, const LabelledImages& data, PatchGrid grid, const Plan& plan);

  [[nodiscard]] const PatchGrid& grid() const { return grid_; }
  // The order in which full batches take the samples; null where they lie as they were given.
  [[nodiscard]] const std::uint32_t* whole_order() const { return order_.empty() ? nullptr : order_.data(); }
  // In patch order, for pixels of 0 … 255.
  [[nodiscard]] std::span<float> gradient() { return gradient_; }

  [[nodiscard]] int tiles_of_task() const;  // of a full batch
  // To be called before a pass, after the parameters have changed.
  void prepare(const EffectiveParameters& parameters);
  // The forward pass of some groups of a block, unless it is shared out by units.
  void forward(const BlockRows& rows, const Groups& groups, const EffectiveParameters& parameters, const float* bias, Lane* output) const;

  // Then the batch comes in pieces of PatchMembers::kSamples. All of them must be found before the parts of its forward pass, each a piece
  // for some units.
  [[nodiscard]] bool is_shared_by_units() const { return order_of_weights(dense_, plan_) == PatchOrder::kUnitsInnermost; }
  [[nodiscard]] static int pieces(const BlockRows& rows);
  void find(const BlockRows& rows, int piece);
  [[nodiscard]] int forward_parts(const BlockRows& rows) const { return pieces(rows) * shares(); }
  void forward_part(const BlockRows& rows, int part, const EffectiveParameters& parameters, const float* bias, Lane* output) const;

  // To be called for all groups of a block before its gradient parts; those of a full batch come by tasks.
  void collect_gradient(const BlockRows& rows, const Groups& groups, const Lane* output_gradient);
  [[nodiscard]] int gradient_parts() const;
  void gradient_part(const BlockRows& rows, int part);

 private:
  [[nodiscard]] int vectors() const { return unit_vectors(dense_.units); }
  [[nodiscard]] int shares() const;
  [[nodiscard]] VectorShare share(int index) const;
  void pack(const LabelledImages& data);
  [[nodiscard]] static PatchOrder order_of_weights(const Dense& dense, const Plan& plan);
  [[nodiscard]] const Lane* piece_gradient(int piece) const;  // of the outputs
  void samples_gradient(const BlockRows& rows);
  void share_gradient(const BlockRows& rows, int part);
  void sum_tasks(int part);

  Dense dense_;
  PatchGrid grid_;
  Plan plan_;
  PatchImages packed_;
  std::optional<InkMasks> ink_masks_;  // of small batches
  std::vector<PatchMembers> members_;  // of the pieces of a block
  std::vector<std::uint32_t> order_;
  InkGroups ink_;  // in place of the packed samples, where they pay
  AlignedVector<float> ink_weights_;
  AlignedVector<float> gradient_;
  std::vector<AlignedVector<float>> task_gradients_;  // of a full batch, one for each task of a block
  AlignedVector<Lane> by_sample_;                     // a block's output gradients, one sample after the other
};

}  // namespace digitcompress
