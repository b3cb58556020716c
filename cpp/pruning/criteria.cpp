#include "pruning/criteria.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <vector>

#include "core/error.hpp"
#include "core/registry.hpp"

namespace digitcompress {
namespace {

void magnitude(std::span<const float> weights, std::span<float> scores) {
  std::transform(weights.begin(), weights.end(), scores.begin(), [](float w) { return std::fabs(w); });
}

constexpr std::array kCriteria{PruningCriterion{"magnitude", "Absolute value of the weight (Han et al. 2015).", &magnitude}};

}  // namespace

std::span<const PruningCriterion> pruning_criteria() { return kCriteria; }
const PruningCriterion& find_pruning_criterion(std::string_view name) { return find_row(pruning_criteria(), "pruning criterion", name); }

double quantile(std::span<float> scores, double q) {
  const double place = q * static_cast<double>(scores.size() - 1);
  const auto below = static_cast<std::ptrdiff_t>(std::floor(place));
  std::nth_element(scores.begin(), scores.begin() + below, scores.end());
  const double low = static_cast<double>(scores[static_cast<std::size_t>(below)]);
  if (below + 1 == static_cast<std::ptrdiff_t>(scores.size())) return low;
  const double high = static_cast<double>(*std::min_element(scores.begin() + below + 1, scores.end()));
  return low + (high - low) * (place - static_cast<double>(below));
}

void kept(const PruningCriterion& criterion, double sparsity, std::span<const float> weights, std::span<bool> mask) {
  require(sparsity >= 0.0 && sparsity < 1.0, "Pruning: sparsity must be in [0, 1), got ", sparsity);
  std::fill(mask.begin(), mask.end(), true);
  if (sparsity == 0.0 || weights.empty()) return;
  std::vector<float> scores(weights.size());
  criterion.score(weights, scores);
  std::vector<float> ordered = scores;
  const double threshold = quantile(ordered, sparsity);
  std::transform(scores.begin(), scores.end(), mask.begin(), [threshold](float score) { return static_cast<double>(score) > threshold; });
}

void prune(const PruningCriterion& criterion, double sparsity, std::span<float> weights) {
  const auto mask = std::make_unique<bool[]>(weights.size());
  kept(criterion, sparsity, weights, {mask.get(), weights.size()});
  for (std::size_t i = 0; i < weights.size(); i++) {
    if (!mask[i]) weights[i] = 0.0f;
  }
}

ParameterTransform pruning_mask(const PruningCriterion& criterion, double sparsity) {
  require(sparsity >= 0.0 && sparsity < 1.0, "Pruning: sparsity must be in [0, 1), got ", sparsity);
  return {[&criterion, sparsity](std::span<float> weights) { prune(criterion, sparsity, weights); }, nullptr};
}

}  // namespace digitcompress
