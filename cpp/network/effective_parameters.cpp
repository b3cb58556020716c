#include "network/effective_parameters.hpp"

#include <algorithm>

namespace digitcompress {
namespace {

const Dense& patch_dense(const Network& network) { return std::get<Dense>(network.node(network.patch_node()).layer); }

}  // namespace

int patch_parameter(const Network& network) { return network.node(network.patch_node()).parameters[0]; }

EffectiveParameters::EffectiveParameters(const Network& network, const PatchGrid* grid)
    : grid_(grid), pointers_(network.parameters().size()), of_node_(network.nodes().size()) {
  const bool transforms = std::any_of(network.parameters().begin(), network.parameters().end(),
                                      [](const Parameter& parameter) { return !parameter.transforms.empty(); });
  if (transforms) transformed_.resize(network.arena().size());
  for (std::size_t i = 0; i < pointers_.size(); i++) {
    const Parameter& parameter = network.parameters()[i];
    pointers_[i] = parameter.transforms.empty() ? network.values(parameter).data() : transformed_.data() + parameter.offset;
  }
  for (std::size_t i = 0; i < of_node_.size(); i++) {
    for (const int index : network.nodes()[i].parameters) of_node_[i].push_back(parameter(index));
  }
  if (grid != nullptr) patch_weights_.resize(grid->packed_size(patch_dense(network).units));
  refresh(network);
}

void EffectiveParameters::refresh(const Network& network) {
  refresh_transformed(network);
  if (grid_ != nullptr) pack(network);
}

void EffectiveParameters::refresh_transformed(const Network& network) {
  for (const Parameter& parameter : network.parameters()) {
    if (parameter.transforms.empty()) continue;
    const auto stored = network.values(parameter);
    float* place = transformed_.data() + parameter.offset;
    std::copy(stored.begin(), stored.end(), place);
    in_shape_order(parameter, {place, parameter.size}, [&](std::span<float> weights) {
      for (const auto& transform : parameter.transforms) {
        if (transform.effective) transform.effective(weights);
      }
    });
  }
  if (grid_ != nullptr && !network.parameter(patch_parameter(network)).transforms.empty()) pack(network);
}

void EffectiveParameters::pack(const Network& network) {
  grid_->pack(parameter(patch_parameter(network)), patch_dense(network).units, network.input().count(), 1.0f, patch_weights_.data());
}

void EffectiveParameters::store(Network& network) const {
  if (grid_ == nullptr) return;
  const Parameter& weight = network.parameter(patch_parameter(network));
  grid_->unpack(patch_weights_.data(), patch_dense(network).units, network.input().count(), 1.0f, network.values(weight).data());
}

}  // namespace digitcompress
