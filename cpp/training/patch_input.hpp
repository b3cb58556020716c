#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "layers/ink_groups.hpp"
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

// A data set as patches with ink, for the Dense that reads it: packed once; a small batch is shared out by units, a full one by samples.
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
  // Parts of the forward pass, each all samples of a block for some units; 1: it is to be split by samples instead.
  [[nodiscard]] int forward_parts() const;
  void forward(const BlockRows& rows, const Groups& groups, int part, const EffectiveParameters& parameters, const float* bias,
               Lane* output) const;
  // Whether `regroup` must run before the gradient.
  [[nodiscard]] bool regroups() const { return !plan_.is_whole && unit_shares() > 1; }
  void regroup(const BlockRows& rows);
  // To be called for all groups of a block before its gradient parts; those of a full batch come by tasks.
  void collect_gradient(const BlockRows& rows, const Groups& groups, const Lane* output_gradient);
  [[nodiscard]] int gradient_parts() const;
  void gradient_part(const BlockRows& rows, int part);

 private:
  [[nodiscard]] int unit_vectors() const;
  [[nodiscard]] int unit_shares() const;
  void pack(const LabelledImages& data);
  void tile_gradient(const PatchImages& images, int tile, const UnitShare& share, const Lane* by_sample, bool adds, float* gradient) const;
  void samples_gradient(const BlockRows& rows);
  void sum_tasks(int part);

  Dense dense_;
  PatchGrid grid_;
  Plan plan_;
  PatchImages packed_, batch_;           // the data set; a small batch, by patch alone
  std::optional<PatchMembers> members_;  // in place of the latter for few units
  std::vector<std::uint32_t> order_;
  InkGroups ink_;  // in place of the packed samples, where they pay
  AlignedVector<float> ink_weights_;
  AlignedVector<float> gradient_;
  std::vector<AlignedVector<float>> task_gradients_;  // of a full batch, one for each task of a block
  AlignedVector<Lane> by_sample_;                     // a block's output gradients, one sample after the other
};

}  // namespace digitcompress
