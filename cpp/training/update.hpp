#pragma once
#include <cstdint>
#include <vector>

#include "network/effective_parameters.hpp"
#include "training/batch.hpp"
#include "training/optimizers.hpp"

namespace digitcompress {

// What an optimizer is asked for: the step counts from 0, the factor multiplies its learning rate.
struct OptimizerStep {
  const Optimizer& optimizer;
  std::int64_t step;
  float rate_factor;
};

// Changes the parameters by their gradients: transforms of gradients first, then the optimizer, piece by piece on all threads. The pieces
// at the start of all parameters come first: a thread's share of them is of the gradients that are still in its cache.
class ParameterUpdate {
 public:
  using Slots = std::vector<AlignedVector<float>>;  // the optimizer's numbers, an array in the arena's layout for each slot

  ParameterUpdate(const Network& network, const EffectiveParameters& parameters, const Optimizer& optimizer);

  // The patch node's weight and its slots are kept in patch order between these two.
  void load(const Network& network, EffectiveParameters& parameters, const Slots& slots);
  void store(Network& network, const EffectiveParameters& parameters, Slots& slots) const;

  // `scale` turns the batch's sums into means. False when a parameter is no longer finite.
  [[nodiscard]] bool apply(Network& network, EffectiveParameters& parameters, BatchRunner& batch, const OptimizerStep& step, Slots& slots,
                           float scale);

 private:
  struct Piece {
    std::size_t parameter, first, size;
    bool is_patch;
  };
  void add_pieces(std::size_t parameter, std::size_t first, std::size_t stop, bool is_patch);
  void transform_gradients(const Network& network, const EffectiveParameters& parameters, BatchRunner& batch, float scale,
                           std::int64_t step);

  bool keeps_patches_ = false;  // the patch node's weight has no transforms: it is changed in patch order
  std::vector<Piece> pieces_;
  Slots patch_slots_;
};

}  // namespace digitcompress
