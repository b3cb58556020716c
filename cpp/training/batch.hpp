#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/progress.hpp"
#include "network/execution.hpp"
#include "training/trainer.hpp"

namespace digitcompress {

// A batch is cut into tiles and the tiles into at most kChunks chunks. Chunks depend on the batch alone, each sums into places of its own,
// and the sums are added in order: so the bits of a result do not depend on the thread count.
inline constexpr int kChunks = 16;

// A loss and how samples weigh in it (null and empty: 1 each).
struct LossRun {
  Loss loss;
  const float* sample_weights = nullptr;
  std::vector<float> class_weights;
  bool with_tally = true;  // count predictions and losses by class, or only sum the loss
};

// Runs batches of one data set through a network: the loss, its gradient, and the tally of predictions.
class BatchRunner {
 public:
  BatchRunner(const Network& network, const LabelledImages& data, std::int64_t batch_size, bool with_backward, int threads);

  // Rows order[0 … count - 1] (null: all rows in place). False when stopped half-way: nothing may be used then.
  bool run(const Network& network, const EffectiveParameters& parameters, const std::uint32_t* order, std::int64_t count,
           const LossRun& loss, Watch& watch, std::int64_t step);

  // After run: sums over the batch.
  void sum_gradients(const Network& network, std::span<float> arena);  // uses up the chunks' own
  [[nodiscard]] Tally tally() const;
  [[nodiscard]] float largest_seen(int node) const;
  [[nodiscard]] const PatchGrid* grid() const { return grid_.get(); }

 private:
  struct Chunk {
    Chunk(const Network& network, const PatchGrid* grid, int samples, bool with_backward)
        : gradients(network, with_backward ? grid : nullptr), workspace(network, samples, with_backward), tally(network.classes()) {}
    Gradients gradients;
    Workspace workspace;
    Tally tally;
    PatchImages packed;  // its rows' patches; a full batch is packed once
    AlignedVector<std::int32_t> labels;
    AlignedVector<float> weights;
  };

  void pack_all();
  void run_chunk(const Network& network, const EffectiveParameters& parameters, const std::uint32_t* order, std::int64_t count,
                 const LossRun& loss, int chunk);
  void run_tile(const Network& network, const EffectiveParameters& parameters, const TileInput& input, std::size_t place,
                const LossRun& loss, Chunk& chunk);
  void fill_targets(const std::uint32_t* order, std::int64_t first, std::int64_t count, const LossRun& loss, Chunk& chunk) const;
  // Whether every run takes all samples; what depends on the samples alone is then made once.
  [[nodiscard]] bool is_whole() const { return batch_size_ >= data_.images.count; }

  LabelledImages data_;
  bool with_backward_;
  int threads_;
  std::int64_t batch_size_;
  int tile_samples_, used_chunks_ = 0;
  std::vector<std::uint32_t> packed_order_;  // a full batch packed once: which sample is where; else empty
  std::unique_ptr<PatchGrid> grid_;          // null: the images are not sparse enough, or not bytes
  std::vector<Chunk> chunks_;
};

}  // namespace digitcompress
