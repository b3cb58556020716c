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
// Each task of a block of a full batch adds to a gradient of its own, from block to block. What a thread writes is then not what another
// one reads, and the sums depend on no thread.
constexpr int kMostTasks = 16;
constexpr int kSumParts = 8;

int pieces_of(std::int64_t samples) { return static_cast<int>((samples + PatchMembers::kSamples - 1) / PatchMembers::kSamples); }

PatchRows piece_of(const BlockRows& rows, int piece) {
  const int first = piece * PatchMembers::kSamples;
  return {rows.order, rows.first + first, std::min(PatchMembers::kSamples, rows.samples - first), rows.ahead, rows.stop};
}

}  // namespace

std::unique_ptr<PatchInput> PatchInput::make(const Network& network, const LabelledImages& data, const Plan& plan) {
  if (data.images.bytes == nullptr || network.patch_node() < 0) return nullptr;
  const auto& dense = std::get<Dense>(network.node(network.patch_node()).layer);
  PatchGrid grid(network.input(), order_of_weights(dense, plan));
  if (grid.patches() > kMostPatches || empty_patch_share(data.images, grid) < kSparseEnough) return nullptr;
  return std::make_unique<PatchInput>(dense, data, std::move(grid), plan);
}

// Few units would leave lanes empty.
PatchOrder PatchInput::order_of_weights(const Dense& dense, const Plan& plan) {
  return plan.is_whole || dense.units <= kUnitBlock ? PatchOrder::kPixelsInnermost : PatchOrder::kUnitsInnermost;
}

PatchInput::PatchInput(const Dense& dense, const LabelledImages& data, PatchGrid grid, const Plan& plan)
    : dense_(dense), grid_(std::move(grid)), plan_(plan) {
  pack(data);
  if (!plan.is_whole) {
    ink_masks_.emplace(packed_);
    members_.resize(static_cast<std::size_t>(pieces_of(plan.block_samples)));
  }
  if (!plan.with_backward) return;
  gradient_.resize(grid_.packed_size(dense.units));
  by_sample_.resize(static_cast<std::size_t>(group_count(plan.block_samples) * kLanes) * static_cast<std::size_t>(vectors()));
  if (plan.is_whole) task_gradients_.resize(kMostTasks);
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

// As many as there are threads, or more where a share would hold too much. Units do not depend on each other, so it changes no bit.
int PatchInput::shares() const { return std::max((vectors() + kMostVectors - 1) / kMostVectors, std::min(vectors(), plan_.threads)); }

VectorShare PatchInput::share(int index) const { return {vectors() * index / shares(), vectors() * (index + 1) / shares()}; }

int PatchInput::pieces(const BlockRows& rows) { return pieces_of(rows.samples); }

void PatchInput::prepare(const EffectiveParameters& parameters) {
  if (!ink_weights_.empty()) pack_for_ink(parameters.patch_weights().data(), packed_.patches, dense_.units, ink_weights_.data());
}

// The packed samples of full batches lie in their order already.
void PatchInput::forward(const BlockRows& rows, const Groups& groups, const EffectiveParameters& parameters, const float* bias,
                         Lane* output) const {
  if (!ink_weights_.empty()) {
    const PatchWeights<float> weights{ink_weights_.data(), packed_.patches, bias, kByteScale};
    return ink_dense_forward(ink_, rows.first / kLanes + groups.first, groups.count, weights, dense_.units, output);
  }
  const PatchRows samples{plan_.is_whole ? nullptr : rows.order, rows.first + static_cast<std::int64_t>(groups.first) * kLanes,
                          groups.samples, rows.ahead, rows.stop};
  const PatchWeights<float> weights{parameters.patch_weights().data(), packed_.patches, bias, kByteScale};
  patch_dense_forward<float, kLanes>(packed_.by_sample, samples, weights, dense_.units, reinterpret_cast<float*>(output));
}

void PatchInput::find(const BlockRows& rows, int piece) {
  members_[static_cast<std::size_t>(piece)].find(*ink_masks_, piece_of(rows, piece));
}

void PatchInput::forward_part(const BlockRows& rows, int part, const EffectiveParameters& parameters, const float* bias,
                              Lane* output) const {
  const int piece = part % pieces(rows), groups = PatchMembers::kSamples / kLanes;
  const PatchRows samples = piece_of(rows, piece);
  const PatchWeights<float> weights{parameters.patch_weights().data(), packed_.patches, bias, kByteScale};
  patch_batch_forward({packed_, samples, members_[static_cast<std::size_t>(piece)]}, weights, dense_.units, share(part / pieces(rows)),
                      output + static_cast<std::ptrdiff_t>(piece) * groups * dense_.units);
}

int PatchInput::gradient_parts() const {
  if (is_shared_by_units()) return shares();
  return plan_.is_whole ? kSumParts : 1;
}

void PatchInput::collect_gradient(const BlockRows& rows, const Groups& groups, const Lane* output_gradient) {
  Lane* by_sample = by_sample_.data() + static_cast<std::ptrdiff_t>(groups.first) * kLanes * vectors();
  transpose_columns(output_gradient, {1, dense_.units}, groups.count, dense_.units, vectors(), by_sample);
  if (!plan_.is_whole) return;
  const int first = groups.first * kLanes / kPatchTile, before = static_cast<int>(rows.first / kPatchTile);
  AlignedVector<float>& gradient = task_gradients_[static_cast<std::size_t>(first / tiles_of_task())];
  if (rows.first == 0) gradient.assign(gradient_.size(), 0.0f);
  for (int done = 0; done * kPatchTile < groups.samples; done++) {
    const Lane* of_tile = by_sample + static_cast<std::ptrdiff_t>(done) * kPatchTile * vectors();
    patch_dense_backward<float>(packed_, before + first + done, reinterpret_cast<const float*>(of_tile), vectors() * kLanes, dense_.units,
                                gradient.data());
  }
}

const Lane* PatchInput::piece_gradient(int piece) const {
  return by_sample_.data() + static_cast<std::ptrdiff_t>(piece) * PatchMembers::kSamples * vectors();
}

void PatchInput::gradient_part(const BlockRows& rows, int part) {
  if (is_shared_by_units()) return share_gradient(rows, part);
  if (!plan_.is_whole) return samples_gradient(rows);
  if (rows.first + rows.samples == rows.stop) sum_tasks(part);
}

void PatchInput::samples_gradient(const BlockRows& rows) {
  for (int piece = 0; piece < pieces(rows); piece++) {
    find(rows, piece);
    patch_dense_backward<float>(packed_, piece_of(rows, piece), members_[static_cast<std::size_t>(piece)],
                                reinterpret_cast<const float*>(piece_gradient(piece)), vectors() * kLanes, dense_.units,
                                rows.first > 0 || piece > 0, gradient_.data());
  }
}

void PatchInput::share_gradient(const BlockRows& rows, int part) {
  for (int piece = 0; piece < pieces(rows); piece++) {
    const PatchRows samples = piece_of(rows, piece);
    patch_batch_backward({packed_, samples, members_[static_cast<std::size_t>(piece)]}, piece_gradient(piece), dense_.units, share(part),
                         rows.first > 0 || piece > 0, gradient_.data());
  }
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
