#include "training/patch_input.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "layers/column_strip.hpp"
#include "layers/ink_dense.hpp"
#include "layers/patch_dense.hpp"

namespace digitcompress {
namespace {

// The patch kernels beat dense ones once about half of the patches are empty (MNIST: two thirds).
constexpr double kSparseEnough = 0.5;
// A small batch is shared out among threads by units, forward and backward, so that each keeps its weights in its cache; a part is the
// largest block of the kernels. A full batch is shared out by samples: each task of a block adds to a gradient of its
// own, from block to block. What a thread writes is then not what another one reads, and the sums depend on no thread.
constexpr int kMostTasks = 16;
constexpr int kSumParts = 8;

UnitShare share(int part) { return {part * kUnitBlock, (part + 1) * kUnitBlock}; }

}  // namespace

std::unique_ptr<PatchInput> PatchInput::make(const Network& network, const LabelledImages& data, const Plan& plan) {
  if (data.images.bytes == nullptr || network.patch_node() < 0) return nullptr;
  PatchGrid grid(network.input());
  if (grid.patches() > kMostPatches || empty_patch_share(data.images, grid) < kSparseEnough) return nullptr;
  return std::make_unique<PatchInput>(std::get<Dense>(network.node(network.patch_node()).layer), data, std::move(grid), plan);
}

PatchInput::PatchInput(const Dense& dense, const LabelledImages& data, PatchGrid grid, const Plan& plan)
    : dense_(dense), grid_(std::move(grid)), plan_(plan) {
  pack(data);
  if (!plan.with_backward) return;
  gradient_.resize(grid_.packed_size(dense.units));
  by_sample_.resize(static_cast<std::size_t>(group_count(plan.block_samples) * kLanes) * static_cast<std::size_t>(unit_vectors()));
  batch_.count = plan.block_samples, batch_.patches = packed_.patches;
  if (regroups())
    batch_.make_room_by_patch(static_cast<std::size_t>(plan.block_samples) * static_cast<std::size_t>(packed_.patches));
  else if (plan.is_whole)
    task_gradients_.resize(kMostTasks);
  else
    members_.emplace(packed_);
}

// A full batch has no order of its own, so training takes one in which neighbours are alike.
void PatchInput::pack(const LabelledImages& data) {
  const std::int64_t count = data.images.count;
  packed_ = pack_patches(data.images, grid_, nullptr, count, false, plan_.threads);
  if (!plan_.is_whole || !plan_.with_backward) return;
  order_ = order_by_likeness(packed_);
  packed_ = pack_patches(data.images, grid_, order_.data(), count, true, plan_.threads);
  if (!kInkGroupsPay) return;
  ink_ = group_ink(packed_, plan_.threads);
  ink_weights_.resize(grid_.packed_size(dense_.units));
  packed_.by_sample = {};
}

int PatchInput::tiles_of_task() const {
  constexpr std::int64_t most = kMostTasks * kPatchTile;
  return static_cast<int>((plan_.block_samples + most - 1) / most);
}

int PatchInput::unit_vectors() const { return (dense_.units + kLanes - 1) / kLanes; }

int PatchInput::unit_shares() const { return (dense_.units + kUnitBlock - 1) / kUnitBlock; }

int PatchInput::forward_parts() const { return plan_.is_whole ? 1 : unit_shares(); }

void PatchInput::prepare(const EffectiveParameters& parameters) {
  if (!ink_weights_.empty()) pack_for_ink(parameters.patch_weights().data(), packed_.patches, dense_.units, ink_weights_.data());
}

// The packed samples of full batches lie in their order already.
void PatchInput::forward(const BlockRows& rows, const Groups& groups, int part, const EffectiveParameters& parameters, const float* bias,
                         Lane* output) const {
  if (!ink_weights_.empty()) {
    const PatchWeights<float> weights{ink_weights_.data(), packed_.patches, bias, kByteScale};
    return ink_dense_forward(ink_, rows.first / kLanes + groups.first, groups.count, weights, dense_.units, output);
  }
  const PatchRows samples{plan_.is_whole ? nullptr : rows.order, rows.first + static_cast<std::int64_t>(groups.first) * kLanes,
                          groups.samples, rows.ahead, rows.stop};
  const PatchWeights<float> weights{parameters.patch_weights().data(), packed_.patches, bias, kByteScale};
  const UnitShare units = forward_parts() > 1 ? share(part) : UnitShare{0, dense_.units};
  patch_dense_forward<float, kLanes>(packed_.by_sample, samples, weights, dense_.units, units, reinterpret_cast<float*>(output));
}

void PatchInput::regroup(const BlockRows& rows) {
  std::uint32_t start = 0;
  for (int tile = 0; tile * kPatchTile < rows.samples; tile++) {
    const int samples = std::min(kPatchTile, rows.samples - tile * kPatchTile);
    const PatchRows tile_rows{rows.order, rows.first + static_cast<std::int64_t>(tile) * kPatchTile, samples};
    digitcompress::regroup(packed_.by_sample, tile_rows, packed_.patches, tile, start, batch_.by_patch);
    start = batch_.by_patch.first[static_cast<std::size_t>((tile + 1) * (packed_.patches + 1)) - 1];
  }
}

int PatchInput::gradient_parts() const { return plan_.is_whole ? kSumParts : unit_shares(); }

void PatchInput::collect_gradient(const BlockRows& rows, const Groups& groups, const Lane* output_gradient) {
  Lane* by_sample = by_sample_.data() + static_cast<std::ptrdiff_t>(groups.first) * kLanes * unit_vectors();
  transpose_columns(output_gradient, {1, dense_.units}, groups.count, dense_.units, unit_vectors(), by_sample);
  if (!plan_.is_whole) return;
  const int first = groups.first * kLanes / kPatchTile, before = static_cast<int>(rows.first / kPatchTile);
  AlignedVector<float>& gradient = task_gradients_[static_cast<std::size_t>(first / tiles_of_task())];
  if (rows.first == 0) gradient.assign(gradient_.size(), 0.0f);
  const UnitShare all{0, dense_.units};
  for (int done = 0; done * kPatchTile < groups.samples; done++)
    tile_gradient(packed_, before + first + done, all, by_sample + static_cast<std::ptrdiff_t>(done) * kPatchTile * unit_vectors(), true,
                  gradient.data());
}

void PatchInput::tile_gradient(const PatchImages& images, int tile, const UnitShare& share, const Lane* by_sample, bool adds,
                               float* gradient) const {
  patch_dense_backward<float>(images, tile, share, reinterpret_cast<const float*>(by_sample), unit_vectors() * kLanes, dense_.units, adds,
                              gradient);
}

void PatchInput::samples_gradient(const BlockRows& rows) {
  for (int done = 0; done < rows.samples; done += PatchMembers::kSamples) {
    const PatchRows part{rows.order, rows.first + done, std::min(PatchMembers::kSamples, rows.samples - done)};
    members_->find(part);
    const Lane* by_sample = by_sample_.data() + static_cast<std::ptrdiff_t>(done) * unit_vectors();
    patch_dense_backward<float>(packed_.by_sample, part, *members_, reinterpret_cast<const float*>(by_sample), unit_vectors() * kLanes,
                                dense_.units, rows.first > 0 || done > 0, gradient_.data());
  }
}

void PatchInput::gradient_part(const BlockRows& rows, int part) {
  if (plan_.is_whole) {
    if (rows.first + rows.samples == rows.stop) sum_tasks(part);
    return;
  }
  if (!regroups()) return samples_gradient(rows);
  for (int tile = 0; tile * kPatchTile < rows.samples; tile++)
    tile_gradient(batch_, tile, share(part), by_sample_.data() + static_cast<std::ptrdiff_t>(tile) * kPatchTile * unit_vectors(),
                  rows.first > 0 || tile > 0, gradient_.data());
}

// After the last block, for a part of the weights.
void PatchInput::sum_tasks(int part) {
  const auto edge = [&](int at) { return static_cast<std::ptrdiff_t>(gradient_.size()) * at / kSumParts; };
  const auto begin = gradient_.begin() + edge(part), end = gradient_.begin() + edge(part + 1);
  std::fill(begin, end, 0.0f);
  for (const AlignedVector<float>& summand : task_gradients_) {
    if (summand.empty()) continue;  // the block has fewer tasks
    std::transform(begin, end, summand.begin() + edge(part), begin, std::plus{});
  }
}

}  // namespace digitcompress
