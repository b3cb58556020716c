#include "training/chunk_gradients.hpp"

#include <algorithm>

namespace digitcompress {
namespace {

constexpr int kUsualChunks = 16, kLeastGroups = 32 / kLanes, kMostGroups = 64 / kLanes;  // of a block, and of a chunk
constexpr std::size_t kLeastShare = 16;                         // values read for each parameter: adding up lanes and chunks costs, too
constexpr std::size_t kNearLanes = (512 << 10) / sizeof(Lane);  // of a group, that are still in the cache after its backward pass

bool pays(const Network& network, const Node& node) {
  const auto lanes = static_cast<std::size_t>(node.input().count()) + static_cast<std::size_t>(node.output.count());
  return lanes <= kNearLanes && network.parameter_values(node) * kLeastShare <= lanes * kLanes;
}

// Whether its gradients are sums over samples, of parameters that are its own.
bool sums_samples(const Network& network, const Node& node) {
  const bool has_parts =
      std::visit([&]<class Kind>(const Kind& layer) { return !Kind::kSynchronizes && layer.gradient_parts(node.input()) > 0; }, node.layer);
  return has_parts && std::all_of(node.parameters.begin(), node.parameters.end(), [&](int p) { return network.owns(node, p); });
}

}  // namespace

ChunkGradients::ChunkGradients(const Network& network, int groups)
    : groups_(std::clamp(groups / kUsualChunks, kLeastGroups, kMostGroups)), nodes_(network.nodes().size()) {
  const int chunks = (groups + groups_ - 1) / groups_;
  for (int i = 0; i < network.node_count() && chunks > 1; i++) {
    const Node& node = network.node(i);
    if (!sums_samples(network, node) || !pays(network, node)) continue;
    NodeSums& sums = nodes_[static_cast<std::size_t>(i)];
    const Parameter &first = network.parameter(node.parameters.front()), &last = network.parameter(node.parameters.back());
    sums.offset = first.offset, sums.width = last.offset + last.size - first.offset;
    const std::size_t step = (sums.width + kLanes - 1) / kLanes * kLanes;
    sums.memory.resize(static_cast<std::size_t>(chunks) * step);
    for (float* start = sums.memory.data(); start < sums.memory.data() + sums.memory.size(); start += step) {
      auto& gradients = sums.gradients.emplace_back();
      for (const int p : node.parameters) gradients.push_back(start + (network.parameter(p).offset - first.offset));
    }
  }
}

Groups ChunkGradients::groups(int chunk, const Groups& block) const {
  const int first = chunk * groups_, count = std::clamp(block.count - first, 0, groups_);
  return {first, count, std::min(count * kLanes, block.samples - first * kLanes)};
}

void ChunkGradients::add_up(int groups, std::span<float> gradient) const {
  for (const NodeSums& sums : nodes_) {
    float* to = gradient.data() + sums.offset;
    for (int chunk = 0; chunk * groups_ < groups && !sums.gradients.empty(); chunk++) {
      const float* from = sums.gradients[static_cast<std::size_t>(chunk)].front();
      for (std::size_t i = 0; i < sums.width; i++) to[i] = (chunk == 0 ? 0.0f : to[i]) + from[i];
    }
  }
}

}  // namespace digitcompress
