#include "network/workspace.hpp"

#include <algorithm>
#include <span>

namespace digitcompress {
namespace {

constexpr std::uint64_t kStream = std::uint64_t{1} << 32;  // parameters and shuffles use the streams below
constexpr std::uint64_t kMostNodes = 256;

struct Traits {
  bool keeps_values, in_place, uses_output, uses_input, overwrites_input, takes_largest, rectifies, keeps_order;
};

Traits traits_of(const Node& node) {
  return std::visit(
      []<class Kind>(const Kind& layer) {
        return Traits{Kind::kKeepsValues,     Kind::kInPlace,      Kind::kUsesOutput, Kind::kUsesInput,
                      Kind::kOverwritesInput, Kind::kTakesLargest, Kind::kRectifies,  layer.keeps_order()};
      },
      node.layer);
}

std::size_t lanes_of(const Shape& shape) { return static_cast<std::size_t>(shape.count()); }

// Whether backward reads what the node put out: by itself, or by the node whose values it hands on.
bool output_is_used(const Network& network, int index) {
  if (index == kNetworkInput) return true;
  const Node& node = network.node(index);
  const Traits traits = traits_of(node);
  return traits.uses_output || (traits.keeps_values && output_is_used(network, node.inputs[0]));
}

Rectifier rectifier_of(const Layer& layer) {
  Rectifier made;
  std::visit(
      [&](const auto& kind) {
        if constexpr (requires { kind.value(Lane{}); }) {
          made.forward = [kind](Lane* values, std::ptrdiff_t count) {
            for (std::ptrdiff_t i = 0; i < count; i++) values[i] = kind.value(values[i]);
          };
          made.backward = [kind](const Lane* values, Lane* gradient, std::ptrdiff_t count) {
            for (std::ptrdiff_t i = 0; i < count; i++) gradient[i] = gradient[i] * kind.slope(values[i], values[i]);
          };
        }
      },
      layer);
  return made;
}

std::ptrdiff_t output_lanes(const Tile& tile) { return static_cast<std::ptrdiff_t>(tile.groups) * tile.output.count(); }

}  // namespace

Workspace::Workspace(const Network& network, const Extent& extent) : extent_(extent), places_(network.nodes().size()) {
  saved_.resize(places_.size());
  summaries_.resize(places_.size());
  std::vector<int> readers, free;
  for (const Node& node : network.nodes()) readers.push_back(node.readers);
  if (extent.target >= 0) leave_out(network, readers);
  for (int i = extent.first_node; i < network.node_count(); i++) {
    Place& at = places_[static_cast<std::size_t>(i)];
    if (at.is_idle) continue;
    at.lanes = lanes_of(network.node(i).output);
    plan(network, i);
    if (!at.in_place) {
      // Outside training a buffer is free again when the last reader of its node has run.
      at.output = free.empty() ? static_cast<int>(outputs_.size()) : free.back();
      if (free.empty())
        outputs_.emplace_back();
      else
        free.pop_back();
    }
    outputs_[static_cast<std::size_t>(at.output)].widen(at.lanes);
    postpone(network, i);
    if (!extent.trains) release_inputs(network, i, readers, free);
  }
  const bool reads_input = std::any_of(network.nodes().begin() + extent.first_node, network.nodes().end(), [](const Node& node) {
    return std::find(node.inputs.begin(), node.inputs.end(), kNetworkInput) != node.inputs.end();
  });
  if (reads_input && extent.first_node == 0) input_.widen(lanes_of(network.input()));
  if (extent.trains) plan_gradients(network);
  allocate();
}

void Workspace::allocate() {
  std::size_t lanes = 0;
  const auto for_buffers = [&](const auto& use) {
    use(input_), use(scratch_);
    for (auto* buffers : {&outputs_, &gradients_, &saved_}) std::for_each(buffers->begin(), buffers->end(), use);
  };
  for_buffers([&](const Buffer& buffer) { lanes += static_cast<std::size_t>(extent_.groups) * buffer.width; });
  // Not filled: that may take most of a second on one thread, during which nobody looks for Ctrl-C.
  memory_ = std::make_unique_for_overwrite<Lane[]>(lanes);
  Lane* next = memory_.get();
  for_buffers([&](Buffer& buffer) {
    buffer.lanes = next;
    next += static_cast<std::size_t>(extent_.groups) * buffer.width;
  });
}

// Marks the nodes that the target does not depend on; who reads them is no reader.
void Workspace::leave_out(const Network& network, std::vector<int>& readers) {
  const std::vector<char> needed = network.needed_for(extent_.target);
  for (std::size_t i = 0; i < places_.size(); i++) {
    places_[i].is_idle = needed[i] == 0;
    for (const int producer : network.nodes()[i].inputs) {
      if (places_[i].is_idle && producer != kNetworkInput) readers[static_cast<std::size_t>(producer)]--;
    }
  }
}

// Decides whether the node works in place, and makes room for what it saves.
void Workspace::plan(const Network& network, int index) {
  const Node& node = network.node(index);
  const Traits traits = traits_of(node);
  const int producer = node.inputs[0];
  Place& at = places_[static_cast<std::size_t>(index)];
  const bool sole_reader = producer >= extent_.first_node && network.node(producer).readers == 1;
  at.in_place = sole_reader && (traits.keeps_values || (traits.in_place && !(extent_.trains && output_is_used(network, producer))));
  at.only_moves = at.in_place && traits.keeps_values;
  if (at.in_place) at.output = place(producer).output;
  if (!extent_.trains) return;
  std::visit(
      [&](const auto& layer) {
        saved_[static_cast<std::size_t>(index)].widen(layer.saved_lanes(node.input()));
        summaries_[static_cast<std::size_t>(index)].resize(layer.summary_size(node.input()));
      },
      node.layer);
}

// The largest of rectified values is the largest value, rectified: the same bits and gradients, with fewer values to rectify. Where a node
// can rectify what it reads, memory is gone through less often.
void Workspace::postpone(const Network& network, int index) {
  const Node& node = network.node(index);
  const int before = index - 1;
  if (node.inputs[0] != before || before < extent_.first_node) return;
  const Node& rectifier = network.node(before);
  const Traits traits = traits_of(node);
  Place &at = places_[static_cast<std::size_t>(index)], &at_rectifier = places_[static_cast<std::size_t>(before)];
  if (!at_rectifier.in_place || !traits_of(rectifier).keeps_order || rectifier.readers > 1 || rectifier.loss_weight != 0.0) return;
  if (traits.takes_largest && node.output.count() < node.input().count())
    at.after = rectifier_of(rectifier.layer);
  else if (traits.rectifies && extent_.trains)
    at.within = rectifier_of(rectifier.layer);
  at_rectifier.is_postponed = at.after.forward || at.within.forward;
}

void Workspace::release_inputs(const Network& network, int index, std::vector<int>& readers, std::vector<int>& free) const {
  for (const int producer : network.node(index).inputs) {
    if (producer < extent_.first_node || --readers[static_cast<std::size_t>(producer)] > 0 || place(index).in_place) continue;
    free.push_back(place(producer).output);
  }
}

// By buffer of outputs, whether anybody reads it in the backward pass: else gradients take their place.
std::vector<char> Workspace::find_needed_outputs(const Network& network) const {
  std::vector<char> needed(outputs_.size(), 0);
  const auto need = [&](int node) {
    if (node >= extent_.first_node) needed[static_cast<std::size_t>(place(node).output)] = 1;
  };
  need(network.logits_node());  // by the loss
  for (const int head : network.heads()) need(head);
  for (int i = extent_.first_node; i < network.node_count(); i++) {
    const Traits traits = traits_of(network.node(i));
    if (place(i).only_moves || place(i).is_postponed) continue;
    if (traits.uses_output || place(i).after.forward) need(i);
    for (const int producer : network.node(i).inputs) {
      const bool is_last = traits.overwrites_input && producer >= extent_.first_node && network.node(producer).readers == 1;
      if (traits.uses_input && !is_last) need(producer);
    }
  }
  return needed;
}

void Workspace::plan_gradients(const Network& network) {
  const std::vector<char> needed = find_needed_outputs(network);
  std::vector<char> trains(places_.size(), 0), sent(places_.size(), 0);
  for (const int head : network.heads()) sent[static_cast<std::size_t>(head)] = 1;  // by its loss
  for (int i = extent_.first_node; i < network.node_count(); i++) {
    const Node& node = network.node(i);
    bool any = std::any_of(node.parameters.begin(), node.parameters.end(), [&](int p) { return network.parameter(p).trainable; });
    for (const int producer : node.inputs) any = any || (producer >= extent_.first_node && trains[static_cast<std::size_t>(producer)] != 0);
    trains[static_cast<std::size_t>(i)] = any ? 1 : 0;
    Place& at = places_[static_cast<std::size_t>(i)];
    if (needed[static_cast<std::size_t>(at.output)] == 0) continue;
    at.gradient = at.in_place ? place(node.inputs[0]).gradient : static_cast<int>(gradients_.size());
    if (!at.in_place) gradients_.emplace_back();
    gradients_[static_cast<std::size_t>(at.gradient)].widen(at.lanes);
  }
  for (int i = network.logits_node(); i >= extent_.first_node; i--) {
    Place& at = places_[static_cast<std::size_t>(i)];
    for (const int producer : network.node(i).inputs) {
      const bool wanted = producer >= extent_.first_node && trains[static_cast<std::size_t>(producer)] != 0;
      const bool adds = wanted && sent[static_cast<std::size_t>(producer)] != 0;
      at.wanted.push_back(wanted ? 1 : 0), at.adds.push_back(adds ? 1 : 0);
      if (wanted) sent[static_cast<std::size_t>(producer)] = 1;
      if (adds) scratch_.widen(place(producer).lanes);
    }
  }
}

// Tasks may be at different nodes that share a buffer: each has a part of it, wide enough for all of these nodes.
Lane* Workspace::output(int node, int first_group) {
  return node == kNetworkInput ? input_.at(first_group) : outputs_[static_cast<std::size_t>(place(node).output)].at(first_group);
}

Lane* Workspace::gradient(int node, int group) {
  return place(node).gradient < 0 ? output(node, group) : gradients_[static_cast<std::size_t>(place(node).gradient)].at(group);
}

Tile Workspace::tile(const Network& network, const EffectiveParameters& parameters, int index, const Groups& groups) {
  const Node& node = network.node(index);
  const Buffer& saved = saved_[static_cast<std::size_t>(index)];
  auto& summary = summaries_[static_cast<std::size_t>(index)];
  Tile tile;
  tile.inputs = node.input_shapes;
  tile.output = node.output;
  tile.groups = groups.count, tile.samples = groups.samples, tile.first_group = groups.first;
  tile.parameters = parameters.of(index);
  tile.plans = node.plans.get();
  tile.saved = saved.width == 0 ? nullptr : saved.at(groups.first);
  tile.summary = summary.empty() ? nullptr : summary.data();
  tile.rectifier = place(index).within.forward ? &place(index).within : nullptr;
  return tile;
}

void Workspace::forward(const Network& network, const EffectiveParameters& parameters, const Groups& groups, int first, int stop,
                        const StepKey* key) {
  const Lane* inputs[kMostNodes];
  for (int i = first; i < stop; i++) {
    if (place(i).only_moves || place(i).is_idle || place(i).is_postponed) continue;
    const Node& node = network.node(i);
    const Random random(key == nullptr ? 0 : key->seed,
                        kStream + (key == nullptr ? 0 : key->step) * kMostNodes + static_cast<std::uint64_t>(i));
    Tile tile = this->tile(network, parameters, i, groups);
    tile.random = key == nullptr ? nullptr : &random;
    for (std::size_t k = 0; k < node.inputs.size(); k++) inputs[k] = output(node.inputs[k], groups.first);
    Lane* to = output(i, groups.first);
    std::visit(
        [&]<class Kind>(const Kind& layer) {
          if constexpr (Kind::kJoins)
            layer.forward(tile, inputs, to);
          else
            layer.forward(tile, inputs[0], to);
        },
        node.layer);
    if (place(i).after.forward) place(i).after.forward(to, output_lanes(tile));
  }
}

void Workspace::backward(const Network& network, const EffectiveParameters& parameters, const Groups& groups, int first, int stop) {
  for (int i = stop - 1; i >= first; i--) {
    if (place(i).only_moves || place(i).is_postponed) continue;
    const Tile tile = this->tile(network, parameters, i, groups);
    if (place(i).after.backward) place(i).after.backward(output(i, groups.first), gradient(i, groups.first), output_lanes(tile));
    std::visit(
        [&](const auto& layer) {
          if constexpr (requires { layer.prepare_gradient(tile, scratch_.lanes); }) layer.prepare_gradient(tile, gradient(i, groups.first));
        },
        network.node(i).layer);
    for (std::size_t k = 0; k < network.node(i).inputs.size(); k++) {
      if (place(i).wanted[k] != 0) send_gradient(network, tile, groups, i, static_cast<int>(k));
    }
  }
}

void Workspace::send_gradient(const Network& network, const Tile& tile, const Groups& groups, int index, int which) {
  const Node& node = network.node(index);
  const int producer = node.inputs[static_cast<std::size_t>(which)];
  const bool adds = place(index).adds[static_cast<std::size_t>(which)] != 0;
  Lane* to = gradient(producer, groups.first);
  Lane* computed = adds ? scratch_.at(groups.first) : to;
  std::visit(
      [&]<class Kind>(const Kind& layer) {
        if constexpr (Kind::kJoins)
          layer.backward(tile, which, gradient(index, groups.first), computed);
        else
          layer.backward(tile, output(producer, groups.first), output(index, groups.first), gradient(index, groups.first), computed);
      },
      node.layer);
  if (!adds) return;
  const std::size_t lanes = static_cast<std::size_t>(groups.count) * place(producer).lanes;
  for (std::size_t i = 0; i < lanes; i++) to[i] += computed[i];
}

}  // namespace digitcompress
