#include "training/update.hpp"

#include <algorithm>
#include <array>
#include <atomic>

#include "core/denormals.hpp"
#include "core/thread_pool.hpp"

namespace digitcompress {
namespace {

constexpr std::size_t kPiece = 6144;  // values: small enough to share out, large enough for the price of a task not to show
constexpr std::size_t kMostSlots = 4;

bool decays(const Optimizer& optimizer) {
  return std::visit([](const auto& rule) { return rule.weight_decay > 0.0f; }, optimizer);
}

int patch_units(const Network& network) { return network.parameter(patch_parameter(network)).shape[0]; }

}  // namespace

ParameterUpdate::ParameterUpdate(const Network& network, const EffectiveParameters& parameters, const Optimizer& optimizer) {
  const int patch = parameters.grid() == nullptr ? -1 : patch_parameter(network);
  for (std::size_t p = 0; p < network.parameters().size(); p++) {
    const Parameter& parameter = network.parameters()[p];
    if (!parameter.trainable) continue;
    const bool is_patch = static_cast<int>(p) == patch && parameter.transforms.empty();
    keeps_patches_ |= is_patch;
    if (is_patch)
      add_pieces(p, 0, parameters.patch_weights().size(), true);
    else if (decays(optimizer) || !parameter.transforms.empty())
      add_pieces(p, 0, parameter.size, false);
    else  // without a gradient nothing else changes a value
      for (const ValueRange& used : parameter.used) add_pieces(p, used.first, used.stop, false);
  }
  const auto place = [&](const Piece& piece) {
    const std::size_t size = piece.is_patch ? parameters.patch_weights().size() : network.parameters()[piece.parameter].size;
    return (static_cast<double>(piece.first) + 0.5 * static_cast<double>(piece.size)) / static_cast<double>(size);
  };
  std::stable_sort(pieces_.begin(), pieces_.end(), [&](const Piece& a, const Piece& b) { return place(a) < place(b); });
}

void ParameterUpdate::add_pieces(std::size_t parameter, std::size_t first, std::size_t stop, bool is_patch) {
  for (; first < stop; first += kPiece) pieces_.push_back({parameter, first, std::min(kPiece, stop - first), is_patch});
}

void ParameterUpdate::load(const Network& network, EffectiveParameters& parameters, const Slots& slots) {
  parameters.refresh(network);
  if (!keeps_patches_) return;
  const std::size_t offset = network.parameter(patch_parameter(network)).offset;
  patch_slots_.resize(slots.size());
  for (std::size_t s = 0; s < slots.size(); s++) {
    patch_slots_[s].resize(parameters.patch_weights().size());
    parameters.grid()->pack(slots[s].data() + offset, patch_units(network), network.input().count(), 1.0f, patch_slots_[s].data());
  }
}

void ParameterUpdate::store(Network& network, const EffectiveParameters& parameters, Slots& slots) const {
  if (!keeps_patches_) return;
  parameters.store(network);
  const std::size_t offset = network.parameter(patch_parameter(network)).offset;
  for (std::size_t s = 0; s < slots.size(); s++) {
    parameters.grid()->unpack(patch_slots_[s].data(), patch_units(network), network.input().count(), 1.0f, slots[s].data() + offset);
  }
}

// A transform may look at a whole parameter (its largest value, say), so these run before the pieces and on the mean.
void ParameterUpdate::transform_gradients(const Network& network, const EffectiveParameters& parameters, BatchRunner& batch, float scale,
                                          std::int64_t step) {
  for (std::size_t p = 0; p < network.parameters().size(); p++) {
    const Parameter& parameter = network.parameters()[p];
    if (!parameter.trainable || parameter.transforms.empty()) continue;
    const std::span<float> gradient = batch.gradient().subspan(parameter.offset, parameter.size);
    if (parameters.grid() != nullptr && static_cast<int>(p) == patch_parameter(network)) {
      parameters.grid()->unpack(batch.patch_gradient().data(), patch_units(network), network.input().count(), kByteScale, gradient.data());
    }
    for (float& value : gradient) value *= scale;
    in_shape_order(parameter, gradient, [&](std::span<float> ordered) {
      for (const auto& transform : parameter.transforms) {
        if (transform.gradient) transform.gradient(ordered, step);
      }
    });
  }
}

bool ParameterUpdate::apply(Network& network, EffectiveParameters& parameters, BatchRunner& batch, const OptimizerStep& step, Slots& slots,
                            float scale) {
  transform_gradients(network, parameters, batch, scale, step.step);
  std::atomic<bool> all_finite = true;
  parallel_for(static_cast<int>(pieces_.size()), batch.threads(), [&](int index) {
    const FlushDenormals flush;
    const Piece& piece = pieces_[static_cast<std::size_t>(index)];
    const Parameter& parameter = network.parameters()[piece.parameter];
    const std::size_t first = piece.first + (piece.is_patch ? 0 : parameter.offset);
    float* stored = (piece.is_patch ? parameters.patch_weights().data() : network.arena().data()) + first;
    const float* gradient = (piece.is_patch ? batch.patch_gradient().data() : batch.gradient().data()) + first;
    std::array<float*, kMostSlots> state{};
    for (std::size_t s = 0; s < slots.size(); s++) state[s] = (piece.is_patch ? patch_slots_[s] : slots[s]).data() + first;
    const float own_scale = parameter.transforms.empty() ? (piece.is_patch ? scale * kByteScale : scale) : 1.0f;
    const bool is_finite = std::visit(
        [&](const auto& rule) {
          return rule.update(step.step + 1, step.rate_factor, {gradient, own_scale}, {stored, piece.size}, {state.data(), slots.size()});
        },
        step.optimizer);
    if (!is_finite) all_finite = false;  // written seldom: threads that write to one cache line wait for it
  });
  return all_finite;
}

}  // namespace digitcompress
