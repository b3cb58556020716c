#include "network/network.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

#include "core/error.hpp"
#include "network/initializers.hpp"

namespace digitcompress {
namespace {

constexpr std::size_t kAlignment = 16;  // floats: each parameter starts on a cache line
constexpr std::size_t kMaxNodes = 256;
constexpr long long kMaxValues = 64 << 20;  // of one sample at one node
constexpr double kMostLossWeight = 1000.0;
constexpr const char* kInputName = "input";

std::string shape_text(const std::vector<int>& shape) {
  std::string text;
  for (const int extent : shape) text.append(text.empty() ? "(" : ", ").append(std::to_string(extent));
  return text + ")";
}

template <class Items>
int find(const Items& items, std::string_view name) {
  const auto found = std::find_if(items.begin(), items.end(), [&](const auto& item) { return item.name == name; });
  return found == items.end() ? -1 : static_cast<int>(found - items.begin());
}

template <class Items>
std::string names_of(const Items& items) {
  std::string names;
  for (const auto& item : items) names.append(names.empty() ? "" : ", ").append(item.name);
  return names;
}

template <class Items>
int index_of(const Items& items, const char* kind, std::string_view name) {
  const int index = find(items, name);
  require(index >= 0, "unknown ", kind, " '", name, "'; known: ", names_of(items));
  return index;
}

template <class Kind>
Shape output_shape(const Kind& layer, const Node& node) {
  if constexpr (Kind::kJoins) {
    return layer.output_shape(std::span<const Shape>(node.input_shapes));
  } else {
    require<ShapeError>(node.inputs.size() == 1, Kind::kName, ": takes one input, got ", node.inputs.size());
    return layer.output_shape(node.input());
  }
}

void check_extent(const Node& node) {
  const Shape& shape = node.output;
  const bool fits = static_cast<long long>(shape.channels) * shape.height * shape.width <= kMaxValues;
  require<LimitError>(fits, "Network: node ", node.name, ": more than ", kMaxValues, " values a sample, ", shape.text());
}

}  // namespace

Network::Network(const Shape& input, const std::vector<NodeSpec>& nodes, std::string_view initializer, std::uint64_t seed) : input_(input) {
  const int most_channels = input.is_flat() ? 1 << 20 : 4096;
  const auto fits = [](int extent, int most) { return extent >= 1 && extent <= most; };
  require<ShapeError>(fits(input.channels, most_channels) && fits(input.height, 4096) && fits(input.width, 4096),
                      "Network: each extent of the input must be in 1..4096 (flat: 1..1048576), got ", input.text());
  require<ShapeError>(!nodes.empty() && nodes.size() <= kMaxNodes, "Network: needs 1..", kMaxNodes, " layers, got ", nodes.size());
  nodes_.reserve(nodes.size());
  std::map<std::string, int> counts;
  for (const NodeSpec& spec : nodes) {
    const std::string kind = std::visit([](const auto& layer) { return std::string(layer.kNode); }, spec.layer);
    const int count = ++counts[kind];
    add_node(spec, spec.name.empty() ? kind + std::to_string(count) : spec.name);
  }
  check_readers();
  check_heads();
  initialize(initializer, seed);
}

void Network::find_inputs(const NodeSpec& spec, Node& node) {
  if (spec.inputs.empty()) node.inputs.push_back(static_cast<int>(nodes_.size()) - 1);
  for (const std::string& name : spec.inputs) {
    const int index = name == kInputName ? kNetworkInput : find(nodes_, name);
    require(index >= 0 || name == kInputName, "Network: node ", node.name,
            ": each input must be a node before it (there are no cycles), got '", name, "'; known: ", kInputName,
            nodes_.empty() ? "" : ", ", names_of(nodes_));
    node.inputs.push_back(index);
  }
  for (const int index : node.inputs) {
    node.input_shapes.push_back(index == kNetworkInput ? input_ : this->node(index).output);
    if (index != kNetworkInput) nodes_[static_cast<std::size_t>(index)].readers++;
  }
}

void Network::add_node(const NodeSpec& spec, std::string name) {
  require(name != kInputName && find(nodes_, name) < 0, "Network: node names must differ, got '", name, "' twice");
  Node node;
  node.name = std::move(name);
  node.layer = spec.layer;
  node.loss_weight = spec.loss_weight;
  node.readers = spec.loss_weight > 0.0 ? 1 : 0;
  require(spec.loss_weight >= 0.0 && spec.loss_weight <= kMostLossWeight, "Network: node ", node.name, ": loss_weight must be in 0..",
          kMostLossWeight, ", got ", spec.loss_weight);
  find_inputs(spec, node);
  std::visit(
      [&](const auto& layer) {
        try {
          layer.validate();
          node.output = output_shape(layer, node);
          check_extent(node);
          node.plans = layer.plans(node.input());
        } catch (const ShapeError& error) {
          fail<ShapeError>("Network: node ", node.name, ": ", error.what());
        }
        for (const ParameterSpec& parameter : layer.parameters(node.input())) {
          if (parameter.node == nullptr)
            add_parameter(node, parameter);
          else
            share_parameter(node, parameter);
        }
      },
      spec.layer);
  nodes_.push_back(std::move(node));
}

void Network::add_parameter(Node& node, const ParameterSpec& spec) {
  Parameter parameter = make_parameter(node.name, spec, arena_.size());
  require<LimitError>(arena_.size() + parameter.size <= kMaxWeights, "Network: more than ", kMaxWeights, " weights at ", parameter.name);
  arena_.resize((parameter.offset + parameter.size + kAlignment - 1) / kAlignment * kAlignment, 0.0f);
  node.parameters.push_back(static_cast<int>(parameters_.size()));
  parameters_.push_back(std::move(parameter));
  specs_.push_back(spec);
}

void Network::share_parameter(Node& node, const ParameterSpec& spec) {
  const std::string name = std::string(spec.node) + "." + spec.name;
  const int index = find(parameters_, name);
  require(index >= 0, "Network: node ", node.name, ": shares ", name, ", which no node before it has; known: ", names_of(parameters_));
  const auto& shape = parameter(index).shape;
  require<ShapeError>(shape == spec.shape, "Network: node ", node.name, ": ", name, " must have the shape ", shape_text(spec.shape),
                      ", got ", shape_text(shape));
  node.parameters.push_back(index);
}

void Network::check_readers() const {
  for (const Node& node : nodes_) {
    require(node.readers > 0 || &node == &nodes_.back(), "Network: node ", node.name, ", ", node.output.text(),
            ": some node must read its output, got none; only the last node's is the network's");
  }
}

void Network::check_heads() const {
  for (const int index : heads()) {
    const Node& head = node(index);
    require(index < logits_node(), "Network: node ", head.name, ": loss_weight is for nodes before the logits, whose own is 1, got ",
            head.loss_weight);
    require<ShapeError>(head.output.count() == classes(), "Network: node ", head.name,
                        ": an output with a loss must have as many values as ", "the network, ", classes(), ", got ", head.output.text());
  }
}

void Network::initialize(std::string_view initializer, std::uint64_t seed) {
  const Initializer& rule = find_initializer(initializer);
  for (std::size_t i = 0; i < parameters_.size(); i++) {
    const auto place = values(parameters_[i]);
    std::fill(place.begin(), place.end(), specs_[i].start);
    if (!parameters_[i].trainable || specs_[i].start != 0.0f) continue;
    in_shape_order(parameters_[i], place, [&](std::span<float> weights) { rule.draw(specs_[i], seed, i, weights); });
  }
}

int Network::node_index(std::string_view name) const { return index_of(nodes_, "node", name); }
int Network::parameter_index(std::string_view name) const { return index_of(parameters_, "parameter", name); }

int Network::logits_node() const {
  const Node& last = nodes_.back();
  const bool ends_in_softmax = std::holds_alternative<Softmax>(last.layer) && last.inputs[0] != kNetworkInput;
  return ends_in_softmax ? last.inputs[0] : node_count() - 1;
}

// A node's name may have points itself; what a layer calls its parameters has none.
bool Network::owns(const Node& node, int parameter) const {
  const std::string& name = this->parameter(parameter).name;
  return std::string_view(name).substr(0, name.rfind('.')) == node.name;
}

std::size_t Network::parameter_values(const Node& node) const {
  return std::accumulate(node.parameters.begin(), node.parameters.end(), std::size_t{0},
                         [&](std::size_t count, int p) { return count + parameter(p).size; });
}

bool Network::is_shared(int parameter) const {
  const auto uses = [&](const Node& node) { return std::count(node.parameters.begin(), node.parameters.end(), parameter) > 0; };
  return std::count_if(nodes_.begin(), nodes_.end(), uses) > 1;
}

std::vector<int> Network::heads() const {
  std::vector<int> found;
  for (int i = 0; i < node_count(); i++) {
    if (node(i).loss_weight > 0.0) found.push_back(i);
  }
  return found;
}

std::vector<char> Network::needed_for(int target) const {
  std::vector<char> needed(nodes_.size(), 0);
  needed[static_cast<std::size_t>(target)] = 1;
  for (int i = target; i >= 0; i--) {
    for (const int input : node(i).inputs) {
      if (needed[static_cast<std::size_t>(i)] != 0 && input != kNetworkInput) needed[static_cast<std::size_t>(input)] = 1;
    }
  }
  return needed;
}

int Network::patch_node() const {
  int readers = 0;
  for (const Node& node : nodes_) readers += static_cast<int>(std::count(node.inputs.begin(), node.inputs.end(), kNetworkInput));
  for (int i = 0; i < node_count() && readers == 1; i++) {
    if (node(i).inputs[0] != i - 1) return -1;
    if (std::holds_alternative<Dense>(node(i).layer)) return is_shared(node(i).parameters[0]) ? -1 : i;
    if (!std::holds_alternative<Flatten>(node(i).layer)) return -1;
    readers = node(i).readers;
  }
  return -1;
}

void Network::add_transform(int parameter, ParameterTransform transform) {
  parameters_[static_cast<std::size_t>(parameter)].transforms.push_back(std::move(transform));
}

}  // namespace digitcompress
