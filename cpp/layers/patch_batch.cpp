#include "layers/patch_batch.hpp"

#include <algorithm>
#include <bit>
#include <optional>

namespace digitcompress {
namespace {

constexpr int kSamples = PatchMembers::kSamples;

// The samples that have ink in one patch, and their pixels as floats.
struct Column {
  int count = 0;
  int sample[kSamples];
  Vector<float, kPatch> pixels[kSamples];

  [[nodiscard]] const float* values(int i) const { return reinterpret_cast<const float*>(pixels + i); }
};

// Calls use(patch, column) for every patch, in order.
template <class Use>
void for_columns(const PatchBatch& batch, const Use& use) {
  const PatchImages::BySample& entries = batch.images.by_sample;
  std::uint32_t next[kSamples];  // entries of the samples
  for (int i = 0; i < batch.rows.samples; i++) next[i] = entries.first[batch.rows[i]];
  Column column;
  for (int patch = 0; patch < batch.images.patches; patch++) {
    column.count = 0;
    for (std::uint64_t left = batch.members.of(patch); left != 0; left &= left - 1) {
      const int sample = std::countr_zero(left);
      const std::uint8_t* bytes = &entries.pixels[std::size_t{next[sample]++} * kPatch];
      constexpr int width = detail::kPart<float>;
      auto* parts = reinterpret_cast<Vector<float, width>*>(column.pixels + column.count);
#pragma GCC unroll 4
      for (int part = 0; part < kPatch / width; part++) parts[part] = detail::widen<float>(bytes + part * width);
      column.sample[column.count++] = sample;
    }
    use(patch, column);
  }
}

// The products of a patch with a vector of units: four sums, because each product waits for the one before it.
inline void add_column(const Column& column, const Lane* weights, Lane* sums, int stride) {
  Lane weight[kPatch];
#pragma GCC unroll 16
  for (int p = 0; p < kPatch; p++) {
    weight[p] = weights[p];
    keep_in_register(weight[p]);
    __builtin_prefetch(weights + kPatch + p);  // of the next patch
  }
  for (int i = 0; i < column.count; i++) {
    Lane& sum = sums[static_cast<std::ptrdiff_t>(column.sample[i]) * stride];
    const float* pixels = column.values(i);
    keep_in_register(pixels);
    Lane part[4] = {sum, Lane{}, Lane{}, Lane{}};
#pragma GCC unroll 16
    for (int p = 0; p < kPatch; p++) part[p % 4] += weight[p] * pixels[p];
    sum = (part[0] + part[1]) + (part[2] + part[3]);
  }
}

inline void add_gradient(const Column& column, const Lane* output_gradient, int stride, bool adds, Lane* target) {
  Lane sum[kPatch];
#pragma GCC unroll 16
  for (int p = 0; p < kPatch; p++) {
    sum[p] = adds ? target[p] : Lane{};
    __builtin_prefetch(target + kPatch + p, 1);
  }
  for (int i = 0; i < column.count; i++) {
    Lane gradient = output_gradient[static_cast<std::ptrdiff_t>(column.sample[i]) * stride];
    keep_in_register(gradient);
    const float* pixels = column.values(i);
    keep_in_register(pixels);
#pragma GCC unroll 16
    for (int p = 0; p < kPatch; p++) sum[p] += gradient * pixels[p];
  }
#pragma GCC unroll 16
  for (int p = 0; p < kPatch; p++) target[p] = sum[p];
}

// Where the weights of a vector of units for a patch are.
std::ptrdiff_t place(const PatchBatch& batch, int vector, int patch) {
  return (static_cast<std::ptrdiff_t>(vector) * batch.images.patches + patch) * kPatch;
}

}  // namespace

void patch_batch_forward(const PatchBatch& batch, const PatchWeights<float>& weights, int units, const VectorShare& share, Lane* output) {
  const int count = share.stop - share.first, samples = batch.rows.samples;
  Lane sums[kSamples * kMostVectors];
  std::fill_n(sums, samples * count, Lane{});
  std::optional<detail::EarlySamples<kSamples>> early;
  if (batch.rows.has_ahead(0)) early.emplace(batch.images.by_sample, batch.rows, 0);
  int fetched = 0;
  const auto* vectors = reinterpret_cast<const Lane*>(weights.packed);
  for_columns(batch, [&](int patch, const Column& column) {
    if (early) {
      for (; fetched * batch.images.patches < (patch + 1) * kSamples && fetched < kSamples; fetched++)
        early->fetch(batch.images.by_sample, fetched);
    }
    for (int v = 0; v < count; v++) add_column(column, vectors + place(batch, share.first + v, patch), sums + v, count);
  });
  for (int group = 0; group * kLanes < samples; group++) {
    for (int v = 0; v < count; v++) {
      Lane block[kLanes];
      for (int i = 0; i < kLanes; i++) block[i] = sums[std::min(group * kLanes + i, samples - 1) * count + v];
      transpose(block);
      const int first = (share.first + v) * kLanes;
      for (int u = 0; u < std::min(kLanes, units - first); u++) {
        const float bias = weights.bias == nullptr ? 0.0f : weights.bias[first + u];
        output[group * units + first + u] = block[u] * weights.scale + bias;
      }
    }
  }
}

void patch_batch_backward(const PatchBatch& batch, const Lane* output_gradient, int units, const VectorShare& share, bool adds,
                          float* weight_gradient) {
  auto* vectors = reinterpret_cast<Lane*>(weight_gradient);
  const int stride = unit_vectors(units);
  for_columns(batch, [&](int patch, const Column& column) {
    for (int v = share.first; v < share.stop; v++)
      add_gradient(column, output_gradient + v, stride, adds, vectors + place(batch, v, patch));
  });
}

}  // namespace digitcompress
