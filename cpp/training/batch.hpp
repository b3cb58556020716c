#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/function_ref.hpp"
#include "core/progress.hpp"
#include "metrics/confusion.hpp"
#include "network/load.hpp"
#include "network/workspace.hpp"
#include "training/gradient_tasks.hpp"
#include "training/labelled_images.hpp"
#include "training/losses.hpp"
#include "training/patch_input.hpp"

namespace digitcompress {

// Which samples a batch takes: rows[0 … count - 1]. Those up to `stop` come next and may be fetched early. Null: all, in their order.
struct SampleOrder {
  const std::uint32_t* rows = nullptr;
  std::int64_t stop = 0;
};

// A loss and how samples weigh in it (null and empty: 1 each).
struct LossRun {
  Loss loss;
  const float* sample_weights = nullptr;
  std::vector<float> class_weights;
  bool with_tally = true;  // count predictions and losses by class, or only sum the loss
};

// Classes that predictions are counted by: none where the output is compared with the input.
[[nodiscard]] inline int tally_classes(const Network& network, const Loss& loss) { return reconstructs(loss) ? 0 : network.classes(); }

// Runs batches of one data set through a network: the loss, its gradient, and the tally of predictions.
//
// The forward pass is split by samples and the gradient of parameters by parameters, small ones by chunks of samples besides: no two
// threads write to one place and nothing is reduced over threads, so the bits of a result do not depend on their number. A batch too large
// for the buffers is run block by block.
class BatchRunner {
 public:
  BatchRunner(const Network& network, const LabelledImages& data, std::int64_t batch_size, bool with_backward, int threads);

  // Rows order[0 … count - 1] (without order: all rows in place). False when stopped half-way: nothing may be used then.
  bool run(const Network& network, const EffectiveParameters& parameters, const SampleOrder& order, std::int64_t count, const LossRun& loss,
           Watch& watch, const StepKey& key);

  // After run: sums over the batch.
  [[nodiscard]] const Tally& tally() const { return tally_; }
  // The gradient in the arena's layout; that of the patch node's weight is in patch order, and for pixels of 0 … 255.
  [[nodiscard]] std::span<float> gradient() { return gradient_; }
  [[nodiscard]] std::span<float> patch_gradient() { return patches_->gradient(); }
  // Sets the parameters that follow the data: ranges and running averages.
  void learn(Network& network, const EffectiveParameters& parameters);
  [[nodiscard]] const PatchGrid* grid() const { return patches_ == nullptr ? nullptr : &patches_->grid(); }
  [[nodiscard]] int threads() const { return threads_; }

 private:
  struct Run;  // what a call of run() is about

  void find_sections(const Network& network);
  [[nodiscard]] bool is_whole() const { return batch_size_ >= data_.images.count; }
  [[nodiscard]] bool reads_patches(int node) const { return patches_ != nullptr && node == first_node_; }
  [[nodiscard]] bool splits_units() const { return patches_ != nullptr && patches_->is_shared_by_units(); }
  [[nodiscard]] Groups task_groups(const Run& run, int task) const;
  [[nodiscard]] Tile batch_tile(const Run& run, int node);

  void fill_targets(const Run& run, const Groups& groups);
  bool run_tasks(const Run& run, int count, FunctionRef<void(int)> task);
  bool run_patches(const Run& run);
  [[nodiscard]] const float* patches_bias(const Run& run) const;
  bool run_block(const Run& run);
  void forward_section(const Run& run, std::size_t section, const Groups& groups);
  void backward_section(const Run& run, std::size_t section, const Groups& groups);
  void run_loss(const Run& run, const Groups& groups);
  [[nodiscard]] const Lane* targets(const Run& run, int group);
  void parameter_gradient(const Run& run, const GradientTask& task, bool accumulates);
  void clear_own_gradients(const Network& network, const std::vector<GradientTask>& round);
  void add_to_tally(const Run& run);

  LabelledImages data_;
  bool with_backward_;
  int threads_;
  std::int64_t batch_size_;
  std::int64_t block_samples_ = 0;
  std::unique_ptr<PatchInput> patches_;  // null: images are loaded into lanes
  int first_node_ = 0, logits_node_ = 0;
  ChunkGradients chunks_;
  std::vector<int> heads_;     // nodes before the logits that have a loss of their own; it is in no tally
  std::vector<int> sections_;  // the first node of each: after the first, they synchronize
  std::vector<std::vector<GradientTask>> rounds_;
  std::unique_ptr<Workspace> workspace_;
  std::vector<std::vector<float*>> gradient_pointers_;  // of each node
  AlignedVector<float> gradient_;
  AlignedVector<std::int32_t> labels_;
  AlignedVector<float> weights_;
  AlignedVector<Lane> losses_, spare_gradient_;
  AlignedVector<Lane> targets_;  // of a reconstruction whose input is read as patches
  AlignedVector<IntLane> predictions_;
  bool targets_filled_ = false;
  std::int64_t last_samples_ = 0;
  Tally tally_;
};

}  // namespace digitcompress
