#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "network/workspace.hpp"

namespace digitcompress {

// Gradients of few parameters over many values, as those of small convolutions: summed up chunk by chunk of a block's samples, so that a
// thread reads what it has just written and not what another has. The chunks' sums are added in their order.
class ChunkGradients {
 public:
  ChunkGradients() = default;  // of no node
  // For blocks of so many groups; chunks are the same for every number of threads.
  ChunkGradients(const Network& network, int groups);

  // Into how many chunks the node's gradient is divided: 0 if it is not.
  [[nodiscard]] int chunks(int node) const {
    return nodes_.empty() ? 0 : static_cast<int>(nodes_[static_cast<std::size_t>(node)].gradients.size());
  }
  // The groups of a chunk, of those of a block; there may be none.
  [[nodiscard]] Groups groups(int chunk, const Groups& block) const;
  // Where the gradients of the node's parameters over a chunk go.
  [[nodiscard]] float* const* gradients(int node, int chunk) const {
    return nodes_[static_cast<std::size_t>(node)].gradients[static_cast<std::size_t>(chunk)].data();
  }
  // Sets these nodes' parts of `gradient`, which is laid out as the arena, to the sums over so many groups.
  void add_up(int groups, std::span<float> gradient) const;

 private:
  // A node's parameters follow each other in the arena, and so do their gradients over a chunk.
  struct NodeSums {
    std::size_t offset = 0, width = 0;
    AlignedVector<float> memory;
    std::vector<std::vector<float*>> gradients;  // of the parameters, by chunk
  };

  int groups_ = 1;  // of a chunk
  std::vector<NodeSums> nodes_;
};

}  // namespace digitcompress
