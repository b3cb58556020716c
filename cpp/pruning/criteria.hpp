#pragma once
#include <span>
#include <string_view>

#include "core/parameter_transform.hpp"

namespace digitcompress {

// How little a weight matters; the lowest scores go first. No hyper-parameters, so a row in a table.
struct PruningCriterion {
  const char* name;
  const char* doc;
  void (*score)(std::span<const float> weights, std::span<float> scores);
};

[[nodiscard]] std::span<const PruningCriterion> pruning_criteria();
[[nodiscard]] const PruningCriterion& find_pruning_criterion(std::string_view name);

// The q-quantile of the scores, 0 <= q <= 1, interpolated linearly between order statistics (Hyndman and Fan 1996, type 7; NumPy's
// default). Reorders `scores`.
[[nodiscard]] double quantile(std::span<float> scores, double q);

// mask[i]: whether the score of weight i is above the `sparsity`-quantile; sparsity 0 keeps all.
void kept(const PruningCriterion& criterion, double sparsity, std::span<const float> weights, std::span<bool> mask);

// Sets the weights that are not kept to zero.
void prune(const PruningCriterion& criterion, double sparsity, std::span<float> weights);

// Masks by the stored weights of every step; the gradient passes straight through, so a pruned weight can grow back.
[[nodiscard]] ParameterTransform pruning_mask(const PruningCriterion& criterion, double sparsity);

}  // namespace digitcompress
