#include "training/gradient_tasks.hpp"

#include <algorithm>
#include <map>

namespace digitcompress {
namespace {

constexpr double kMiddle = 0.5;  // the place of tasks that need not meet their part of the update

bool has_bias(const Node& node) {
  return std::visit(
      [](const auto& layer) {
        if constexpr (requires { layer.bias; })
          return static_cast<bool>(layer.bias);
        else
          return false;
      },
      node.layer);
}

// Whether a node's gradient is more than the values it is summed from: else these are what a thread had better find in its cache.
bool outweighs_data(const Network& network, const Node& node, std::int64_t batch) {
  return static_cast<std::int64_t>(network.parameter_values(node)) > batch * (node.input().count() + node.output.count());
}

}  // namespace

int gradient_parts(const Node& node) {
  return std::visit([&](const auto& layer) { return layer.gradient_parts(node.input()); }, node.layer);
}

std::vector<std::vector<GradientTask>> gradient_tasks(const Network& network, const ChunkGradients& chunks, const GradientPlan& plan) {
  std::vector<std::vector<GradientTask>> rounds(1);
  std::map<int, std::size_t> users;
  for (int i = plan.first_node; i <= network.logits_node(); i++) {
    const Node& node = network.node(i);
    std::size_t round = 0;
    for (const int p : node.parameters) round = std::max(round, users[p]++);
    if (rounds.size() <= round) rounds.resize(round + 1);
    const bool is_patch = i == plan.first_node && plan.patch_parts > 0, is_large = outweighs_data(network, node, plan.batch);
    const int bias = has_bias(node) ? 1 : 0, weights = is_patch ? plan.patch_parts : gradient_parts(node) - bias, count = chunks.chunks(i);
    for (int part = 0; part < weights + bias; part++) {
      if (count == 0) rounds[round].push_back({i, part, is_large && part < weights ? (part + 0.5) / weights : kMiddle});
      for (int chunk = 0; chunk < count; chunk++) rounds[0].push_back({i, part, (chunk + 0.5) / count, chunk});
    }
  }
  rounds[0].push_back({kTally, 0, kMiddle});
  for (auto& round : rounds)
    std::stable_sort(round.begin(), round.end(), [](const GradientTask& a, const GradientTask& b) { return a.place < b.place; });
  return rounds;
}

}  // namespace digitcompress
