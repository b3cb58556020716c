#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/shape.hpp"
#include "core/vector.hpp"
#include "layers/layer.hpp"
#include "network/parameter.hpp"

namespace digitcompress {

// What the user says about a node. Without inputs it reads the node before it; without a name it gets one by its kind.
struct NodeSpec {
  Layer layer;
  std::string name = {};
  std::vector<std::string> inputs = {};
  double loss_weight = 0.0;  // above zero: an auxiliary head, whose loss counts so much while training
};

inline constexpr int kNetworkInput = -1;  // stands for the network's input among a node's inputs

// One layer in its place, with the shapes it was checked for.
struct Node {
  std::string name;
  Layer layer;
  std::vector<int> inputs;  // nodes before this one, or kNetworkInput
  std::vector<Shape> input_shapes;
  Shape output;
  std::vector<int> parameters;  // in Network::parameters()
  std::shared_ptr<const TapPlans> plans;
  double loss_weight = 0.0;
  int readers = 0;  // how many inputs of later nodes it feeds; its own loss is one more

  [[nodiscard]] const Shape& input() const { return input_shapes.front(); }
};

// Layers in topological order and all their parameters in one aligned arena that never moves. The structure is fixed at construction.
class Network {
 public:
  Network(const Shape& input, const std::vector<NodeSpec>& nodes, std::string_view initializer, std::uint64_t seed);
  Network(const Network&) = default;
  Network& operator=(const Network&) = delete;  // would pull the arena from under the views of others

  [[nodiscard]] const Shape& input() const { return input_; }
  [[nodiscard]] const std::vector<Node>& nodes() const { return nodes_; }
  [[nodiscard]] const Node& node(int index) const { return nodes_[static_cast<std::size_t>(index)]; }
  [[nodiscard]] int node_count() const { return static_cast<int>(nodes_.size()); }
  [[nodiscard]] const std::vector<Parameter>& parameters() const { return parameters_; }
  [[nodiscard]] const Parameter& parameter(int index) const { return parameters_[static_cast<std::size_t>(index)]; }
  [[nodiscard]] std::span<float> values(const Parameter& parameter) { return {arena_.data() + parameter.offset, parameter.size}; }
  [[nodiscard]] std::span<const float> values(const Parameter& parameter) const {
    return {arena_.data() + parameter.offset, parameter.size};
  }
  [[nodiscard]] AlignedVector<float>& arena() { return arena_; }
  [[nodiscard]] const AlignedVector<float>& arena() const { return arena_; }

  [[nodiscard]] int node_index(std::string_view name) const;
  [[nodiscard]] int parameter_index(std::string_view name) const;
  // Whether the parameter is the node's own, and not one that it shares with a node before it.
  [[nodiscard]] bool owns(const Node& node, int parameter) const;
  [[nodiscard]] std::size_t parameter_values(const Node& node) const;  // of all its parameters
  // The node whose output losses and predictions read: the last one, or the one before a final Softmax.
  [[nodiscard]] int logits_node() const;
  [[nodiscard]] int classes() const { return node(logits_node()).output.count(); }
  // The first Dense, if only Flatten stands before it: it can read images as patches. -1 if there is none, or another node uses its weight,
  // which is in patch order then.
  [[nodiscard]] int patch_node() const;
  [[nodiscard]] std::vector<int> heads() const;  // nodes with a loss of their own
  // By node, whether the output of `target` depends on it: auxiliary heads feed no prediction.
  [[nodiscard]] std::vector<char> needed_for(int target) const;

  void add_transform(int parameter, ParameterTransform transform);

 private:
  void add_node(const NodeSpec& spec, std::string name);
  void find_inputs(const NodeSpec& spec, Node& node);
  void add_parameter(Node& node, const ParameterSpec& spec);
  void share_parameter(Node& node, const ParameterSpec& spec);
  void check_readers() const;
  void check_heads() const;
  [[nodiscard]] bool is_shared(int parameter) const;
  void initialize(std::string_view initializer, std::uint64_t seed);

  Shape input_;
  std::vector<Node> nodes_;
  std::vector<Parameter> parameters_;
  std::vector<ParameterSpec> specs_;
  AlignedVector<float> arena_;
};

}  // namespace digitcompress
