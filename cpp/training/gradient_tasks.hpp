#pragma once
#include <cstdint>
#include <vector>

#include "network/network.hpp"
#include "training/chunk_gradients.hpp"

namespace digitcompress {

inline constexpr int kTally = -1;  // in the place of a node: what is counted beside the first gradients

// A part of a node's gradient, or of a chunk of samples' share in it.
struct GradientTask {
  int node, part;
  double place;    // in the node's gradient or in the batch, 0 … 1
  int chunk = -1;  // -1: the whole batch
};

// A network without its nodes that never run here, and the batch it is trained with.
struct GradientPlan {
  int first_node, patch_parts;  // of the first node's gradient, where it reads patches; else 0
  std::int64_t batch;
};

[[nodiscard]] int gradient_parts(const Node& node);

// The tasks of each round. Those of a round write different places; nodes that share a parameter add to its gradient in rounds, one after
// the other. In a round the first parts of all large gradients come first, so that a thread's share of the tasks is a share of each, the
// one it updates (see ParameterUpdate); and so do the first samples.
[[nodiscard]] std::vector<std::vector<GradientTask>> gradient_tasks(const Network& network, const ChunkGradients& chunks,
                                                                    const GradientPlan& plan);

}  // namespace digitcompress
