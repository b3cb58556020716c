#include "network/network.hpp"

#include <map>
#include <utility>

#include "core/error.hpp"
#include "network/initializers.hpp"

namespace digitcompress {
namespace {

constexpr std::size_t kAlignment = 16;  // floats: each parameter starts on a cache line
constexpr std::size_t kMaxWeights = 64 << 20;
constexpr std::size_t kMaxLayers = 256;

std::size_t element_count(const std::string& name, const std::vector<int>& shape) {
  std::size_t count = 1;
  for (const int extent : shape) {
    require<LimitError>(count <= kMaxWeights / static_cast<std::size_t>(extent), "Network: parameter ", name, " has more than ",
                        kMaxWeights, " values");
    count *= static_cast<std::size_t>(extent);
  }
  return count;
}

template <class Items>
int index_of(const Items& items, const char* kind, std::string_view name) {
  std::string known;
  for (std::size_t i = 0; i < items.size(); i++) {
    if (items[i].name == name) return static_cast<int>(i);
    known.append(known.empty() ? "" : ", ").append(items[i].name);
  }
  fail<DataError>("unknown ", kind, " '", name, "'; known: ", known);
}

}  // namespace

Network::Network(const Shape& input, const std::vector<Layer>& layers, std::string_view initializer, std::uint64_t seed) : input_(input) {
  const int most_channels = input.is_flat() ? 1 << 20 : 4096;
  const auto fits = [](int extent, int most) { return extent >= 1 && extent <= most; };
  require<ShapeError>(fits(input.channels, most_channels) && fits(input.height, 4096) && fits(input.width, 4096),
                      "Network: each extent of the input must be in 1..4096 (flat: 1..1048576), got ", input.text());
  require<ShapeError>(!layers.empty() && layers.size() <= kMaxLayers, "Network: needs 1..", kMaxLayers, " layers, got ", layers.size());
  std::map<std::string, int> counts;
  for (const Layer& layer : layers) {
    const std::string kind = std::visit([](const auto& l) { return std::string(l.kNode); }, layer);
    add_node(layer, kind + std::to_string(++counts[kind]));
  }
  initialize(initializer, seed);
}

void Network::add_node(const Layer& layer, std::string name) {
  Node node{std::move(name), layer, nodes_.empty() ? input_ : nodes_.back().output, {}};
  node.first_parameter = static_cast<int>(parameters_.size());
  std::visit(
      [&](const auto& l) {
        try {
          l.validate();
          node.output = l.output_shape(node.input);
        } catch (const ShapeError& error) {
          fail<ShapeError>("Network: node ", node.name, ": ", error.what());
        }
        for (const ParameterSpec& spec : l.parameters(node.input)) {
          Parameter parameter{node.name + "." + spec.name, spec.shape, arena_.size(), 0, spec.trainable, {}};
          parameter.size = element_count(parameter.name, spec.shape);
          require<LimitError>(arena_.size() + parameter.size <= kMaxWeights, "Network: more than ", kMaxWeights, " weights at ",
                              parameter.name);
          arena_.resize((parameter.offset + parameter.size + kAlignment - 1) / kAlignment * kAlignment, 0.0f);
          parameters_.push_back(std::move(parameter));
          specs_.push_back(spec);
        }
      },
      layer);
  node.parameter_count = static_cast<int>(parameters_.size()) - node.first_parameter;
  nodes_.push_back(std::move(node));
}

void Network::initialize(std::string_view initializer, std::uint64_t seed) {
  const Initializer& rule = find_initializer(initializer);
  for (std::size_t i = 0; i < parameters_.size(); i++) {
    if (parameters_[i].trainable) rule.draw(specs_[i], seed, i, values(parameters_[i]));
  }
}

int Network::node_index(std::string_view name) const { return index_of(nodes_, "node", name); }
int Network::parameter_index(std::string_view name) const { return index_of(parameters_, "parameter", name); }

int Network::logits_node() const {
  const int last = static_cast<int>(nodes_.size()) - 1;
  const bool ends_in_softmax = std::holds_alternative<Softmax>(nodes_.back().layer);
  return ends_in_softmax && last > 0 ? last - 1 : last;
}

int Network::patch_node() const {
  for (std::size_t i = 0; i < nodes_.size(); i++) {
    if (std::holds_alternative<Dense>(nodes_[i].layer)) return static_cast<int>(i);
    if (!std::holds_alternative<Flatten>(nodes_[i].layer)) return -1;
  }
  return -1;
}

void Network::add_transform(int parameter, ParameterTransform transform) {
  parameters_[static_cast<std::size_t>(parameter)].transforms.push_back(std::move(transform));
}

}  // namespace digitcompress
