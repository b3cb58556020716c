#include "network/execution.hpp"

#include <algorithm>

#include "layers/patch_dense.hpp"

namespace digitcompress {
namespace {

const Dense& patch_dense(const Network& network) {
  return std::get<Dense>(network.nodes()[static_cast<std::size_t>(network.patch_node())].layer);
}

std::size_t patch_weight_count(const Network& network, const PatchGrid* grid) {
  return grid == nullptr ? 0 : static_cast<std::size_t>(grid->patches()) * kPatch * static_cast<std::size_t>(patch_dense(network).units);
}

int first_node(const Network& network, const TileInput& input) { return input.patches != nullptr ? network.patch_node() : 0; }

// Rows of values to [feature][lane]; lanes past the last sample repeat it.
template <class Row, class Value>
void transpose_group(int first, int samples, int features, const Row& row, const Value& value, Lane* to) {
  decltype(row(0)) rows[kLanes];
  for (int lane = 0; lane < kLanes; lane++) rows[lane] = row(std::min(first + lane, samples - 1));
  float* place = reinterpret_cast<float*>(to);
  for (int f = 0; f < features; f++) {
    for (int lane = 0; lane < kLanes; lane++) *place++ = value(rows[lane][f]);
  }
}

}  // namespace

EffectiveParameters::EffectiveParameters(const Network& network, const PatchGrid* grid) : grid_(grid) {
  const bool transforms = std::any_of(network.parameters().begin(), network.parameters().end(),
                                      [](const Parameter& parameter) { return !parameter.transforms.empty(); });
  if (transforms) transformed_.resize(network.arena().size());
  patch_weights_.resize(patch_weight_count(network, grid));
  refresh(network);
}

void EffectiveParameters::refresh(const Network& network) {
  pointers_.clear();
  for (const Parameter& parameter : network.parameters()) {
    const auto stored = network.values(parameter);
    if (parameter.transforms.empty()) {
      pointers_.push_back(stored.data());
      continue;
    }
    float* place = transformed_.data() + parameter.offset;
    std::copy(stored.begin(), stored.end(), place);
    for (const auto& transform : parameter.transforms) {
      if (transform.effective) transform.effective({place, parameter.size});
    }
    pointers_.push_back(place);
  }
  if (grid_ == nullptr) return;
  const Node& node = network.nodes()[static_cast<std::size_t>(network.patch_node())];
  grid_->pack(of(node)[0], patch_dense(network).units, node.input.count(), kByteScale, patch_weights_.data());
}

Gradients::Gradients(const Network& network, const PatchGrid* grid)
    : arena(network.arena().size()),
      patch_weights(patch_weight_count(network, grid)),
      in_patches(grid == nullptr ? 0 : network.parameters().front().size),
      largest_seen(network.nodes().size(), 0.0f) {}

void Gradients::clear() {
  std::fill(arena.begin() + static_cast<std::ptrdiff_t>(in_patches), arena.end(), 0.0f);
  std::fill(patch_weights.begin(), patch_weights.end(), 0.0f);
  std::fill(largest_seen.begin(), largest_seen.end(), 0.0f);
}

void Gradients::add(const Gradients& other) {
  for (std::size_t i = in_patches; i < arena.size(); i++) arena[i] += other.arena[i];
  for (std::size_t i = 0; i < patch_weights.size(); i++) patch_weights[i] += other.patch_weights[i];
}

void Gradients::unpack_patches(const Network& network, const PatchGrid& grid, std::span<float> to) const {
  const Node& node = network.nodes()[static_cast<std::size_t>(network.patch_node())];
  const Parameter& weight = network.parameters()[static_cast<std::size_t>(node.first_parameter)];
  grid.add_unpacked(patch_weights.data(), patch_dense(network).units, node.input.count(), kByteScale, to.data() + weight.offset);
}

Workspace::Workspace(const Network& network, int samples, bool with_backward) {
  const std::size_t groups = static_cast<std::size_t>((samples + kLanes - 1) / kLanes);
  for (const Node& node : network.nodes()) {
    outputs_.emplace_back(groups * static_cast<std::size_t>(node.output.count()));
    gradients_.emplace_back(with_backward ? outputs_.back().size() : 0);
  }
}

const Lane* Workspace::load(const Network& network, const TileInput& input) {
  const int features = network.input().count();
  input_.resize(static_cast<std::size_t>(input.groups()) * static_cast<std::size_t>(features));
  const auto index = [&](int s) { return input.order == nullptr ? input.first + s : std::int64_t{input.order[input.first + s]}; };
  for (int g = 0; g < input.groups(); g++) {
    Lane* to = input_.data() + static_cast<std::ptrdiff_t>(g) * features;
    if (input.images->bytes != nullptr) {
      transpose_group(
          g * kLanes, input.samples, features, [&](int s) { return input.images->byte_row(index(s)); },
          [](std::uint8_t byte) { return static_cast<float>(byte) * kByteScale; }, to);
    } else {
      transpose_group(
          g * kLanes, input.samples, features, [&](int s) { return input.images->float_row(index(s)); }, [](float v) { return v; }, to);
    }
  }
  return input_.data();
}

const Lane* Workspace::forward(const Network& network, const EffectiveParameters& parameters, const TileInput& input, int last,
                               Gradients* gradients) {
  if (input.patches == nullptr) load(network, input);
  for (int i = first_node(network, input); i <= last; i++) {
    const Node& node = network.nodes()[static_cast<std::size_t>(i)];
    Lane* output = outputs_[static_cast<std::size_t>(i)].data();
    const Tile tile{node.input, input.groups(), parameters.of(node), nullptr,
                    gradients == nullptr ? nullptr : &gradients->largest_seen[static_cast<std::size_t>(i)]};
    if (input.patches != nullptr && i == network.patch_node()) {
      const Dense& dense = std::get<Dense>(node.layer);
      const float* bias = dense.bias ? tile.parameters[1] : nullptr;
      patch_dense_forward<float, kLanes>(*input.patches, input.tile, parameters.patch_weights(), bias, dense.units,
                                         reinterpret_cast<float*>(output));
    } else {
      std::visit([&](const auto& layer) { layer.forward(tile, input_of(i), output); }, node.layer);
    }
  }
  return outputs_[static_cast<std::size_t>(last)].data();
}

void Workspace::backward(const Network& network, const EffectiveParameters& parameters, const TileInput& input, int last,
                         Gradients& gradients) {
  const int first = first_node(network, input);
  for (int i = last; i >= first; i--) {
    const Node& node = network.nodes()[static_cast<std::size_t>(i)];
    parameter_gradients_.clear();
    for (int p = 0; p < node.parameter_count; p++) {
      const Parameter& parameter = network.parameters()[static_cast<std::size_t>(node.first_parameter + p)];
      parameter_gradients_.push_back(gradients.arena.data() + parameter.offset);
    }
    const Tile tile{node.input, input.groups(), parameters.of(node), parameter_gradients_.data(), nullptr};
    const Lane* output_gradient = gradients_[static_cast<std::size_t>(i)].data();
    if (input.patches != nullptr && i == first) {
      const Dense& dense = std::get<Dense>(node.layer);
      patch_dense_backward<float, kLanes>(*input.patches, input.tile, reinterpret_cast<const float*>(output_gradient), dense.units,
                                          gradients.patch_weights.data());
      dense.add_bias_gradient(tile, output_gradient);
    } else {
      Lane* input_gradient = i == 0 ? nullptr : gradients_[static_cast<std::size_t>(i) - 1].data();
      std::visit(
          [&](const auto& layer) {
            layer.backward(tile, input_of(i), outputs_[static_cast<std::size_t>(i)].data(), output_gradient, input_gradient);
          },
          node.layer);
    }
  }
}

}  // namespace digitcompress
