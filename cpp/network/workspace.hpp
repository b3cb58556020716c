#pragma once
#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "network/effective_parameters.hpp"
#include "network/network.hpp"

namespace digitcompress {

// Neighbouring groups of kLanes samples of a batch. Lanes past the last sample repeat it.
struct Groups {
  int first = 0, count = 0, samples = 0;
};

[[nodiscard]] inline int group_count(std::int64_t samples) { return static_cast<int>((samples + kLanes - 1) / kLanes); }

// Keys the random numbers of a training step.
struct StepKey {
  std::uint64_t seed = 0, step = 0;
};

// The buffers of a batch: what each node puts out, and for training its gradient and what forward leaves for backward. Made once, used for
// every batch. Nodes that may work in place share a buffer; without training, so do nodes that are never needed at the same time.
class Workspace {
 public:
  struct Extent {
    int groups = 0;
    bool trains = false;
    int first_node = 0;  // nodes before it never run here
    int target = -1;     // outside training: nodes it does not depend on never run either
  };
  Workspace(const Network& network, const Extent& extent);
  Workspace(const Workspace&) = delete;  // buffers point into its memory
  Workspace& operator=(const Workspace&) = delete;

  [[nodiscard]] int groups() const { return extent_.groups; }
  // Where a task's first group is, the others following at once; of kNetworkInput: where the batch is loaded.
  [[nodiscard]] Lane* output(int node, int first_group);
  [[nodiscard]] Lane* gradient(int node, int group);
  [[nodiscard]] Tile tile(const Network& network, const EffectiveParameters& parameters, int node, const Groups& groups);

  // Runs nodes first … stop - 1 on some groups; `key` is null outside training.
  void forward(const Network& network, const EffectiveParameters& parameters, const Groups& groups, int first, int stop,
               const StepKey* key);
  // Runs nodes stop - 1 … first: from the gradients of their outputs to those of their inputs.
  void backward(const Network& network, const EffectiveParameters& parameters, const Groups& groups, int first, int stop);

 private:
  struct Buffer {
    std::size_t width = 0;  // lanes of a group: what the widest node in it needs
    Lane* lanes = nullptr;

    void widen(std::size_t least) { width = std::max(width, least); }
    [[nodiscard]] Lane* at(int group) const { return lanes + static_cast<std::size_t>(group) * width; }
  };
  struct Place {
    int output = -1, gradient = -1;  // buffers; without one of its own, the gradient replaces the output
    std::size_t lanes = 0;           // of a group
    bool is_idle = false;            // never runs
    bool in_place = false;           // the output replaces the input
    bool only_moves = false;         // and has the same values
    bool is_postponed = false;       // until the node that reads it runs
    Rectifier after;                 // of a max-pooling: the node before it, which then has fewer values to change
    Rectifier within;                // of a node that kRectifies: the node before it
    std::vector<char> wanted;        // per input: whether its producer needs a gradient
    std::vector<char> adds;          // per input: whether a later node has sent it one before
  };

  void leave_out(const Network& network, std::vector<int>& readers);
  void plan(const Network& network, int node);
  void postpone(const Network& network, int node);
  [[nodiscard]] std::vector<char> find_needed_outputs(const Network& network) const;
  void plan_gradients(const Network& network);
  void allocate();
  void release_inputs(const Network& network, int node, std::vector<int>& readers, std::vector<int>& free) const;
  void send_gradient(const Network& network, const Tile& tile, const Groups& groups, int node, int which);
  [[nodiscard]] const Place& place(int node) const { return places_[static_cast<std::size_t>(node)]; }

  Extent extent_;
  std::vector<Place> places_;
  Buffer input_, scratch_;
  std::vector<Buffer> outputs_, gradients_, saved_;  // those that nodes save by node
  std::unique_ptr<Lane[]> memory_;                   // of all buffers
  std::vector<AlignedVector<float>> summaries_;
};

}  // namespace digitcompress
