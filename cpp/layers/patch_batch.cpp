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

// Two vectors of units take a pixel while it is in a register, for half of a patch at a time: as many weights as stay in registers.
constexpr int kPair = 2, kPixels = kPatch / kPair;

// Calls use.operator()<count>(first) for pairs of vectors, and for the one that may be left. Which vectors make a pair changes no bit.
template <class Use>
void for_pairs(const VectorShare& share, const Use& use) {
  int v = share.first;
  for (; v + kPair <= share.stop; v += kPair) use.template operator()<kPair>(v);
  for (; v < share.stop; v++) use.template operator()<1>(v);
}

inline Lane pixel_of(const float* pixels, int p) {
  Lane pixel = broadcast(pixels[p]);
  keep_in_register(pixel);
  return pixel;
}

// The products of a patch with some vectors of units, whose weights are `step` apart: two sums each, because a product waits for the one
// before it.
template <int kVectors>
void add_column(const Column& column, const Lane* weights, std::ptrdiff_t step, Lane* sums, int stride) {
  for (int first = 0; first < kPatch; first += kPixels) {
    Lane weight[kVectors][kPixels];
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; v++) {
#pragma GCC unroll 8
      for (int p = 0; p < kPixels; p++) {
        const Lane* place = weights + v * step + first + p;
        weight[v][p] = *place;
        keep_in_register(weight[v][p]);
        __builtin_prefetch(place + kPatch);  // of the next patch
      }
    }
    for (int i = 0; i < column.count; i++) {
      Lane* sum = sums + static_cast<std::ptrdiff_t>(column.sample[i]) * stride;
      const float* pixels = column.values(i) + first;
      keep_in_register(pixels);
      Lane part[kVectors][2];
#pragma GCC unroll 2
      for (int v = 0; v < kVectors; v++) part[v][0] = sum[v], part[v][1] = Lane{};
#pragma GCC unroll 8
      for (int p = 0; p < kPixels; p++) {
        const Lane pixel = pixel_of(pixels, p);
#pragma GCC unroll 2
        for (int v = 0; v < kVectors; v++) part[v][p % 2] += weight[v][p] * pixel;
      }
#pragma GCC unroll 2
      for (int v = 0; v < kVectors; v++) sum[v] = part[v][0] + part[v][1];
    }
  }
}

template <int kVectors>
void add_gradient(const Column& column, const Lane* output_gradient, int stride, bool adds, Lane* target, std::ptrdiff_t step) {
  for (int first = 0; first < kPatch; first += kPixels) {
    Lane sum[kVectors][kPixels];
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; v++) {
#pragma GCC unroll 8
      for (int p = 0; p < kPixels; p++) {
        const Lane* place = target + v * step + first + p;
        sum[v][p] = adds ? *place : Lane{};
        __builtin_prefetch(place + kPatch, 1);
      }
    }
    for (int i = 0; i < column.count; i++) {
      const Lane* gradients = output_gradient + static_cast<std::ptrdiff_t>(column.sample[i]) * stride;
      const float* pixels = column.values(i) + first;
      keep_in_register(pixels);
      Lane gradient[kVectors];
#pragma GCC unroll 2
      for (int v = 0; v < kVectors; v++) {
        gradient[v] = gradients[v];
        keep_in_register(gradient[v]);
      }
#pragma GCC unroll 8
      for (int p = 0; p < kPixels; p++) {
        const Lane pixel = pixel_of(pixels, p);
#pragma GCC unroll 2
        for (int v = 0; v < kVectors; v++) sum[v][p] += gradient[v] * pixel;
      }
    }
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; v++) {
#pragma GCC unroll 8
      for (int p = 0; p < kPixels; p++) target[v * step + first + p] = sum[v][p];
    }
  }
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
  const std::ptrdiff_t step = place(batch, 1, 0);
  for_columns(batch, [&](int patch, const Column& column) {
    if (early) {
      for (; fetched * batch.images.patches < (patch + 1) * kSamples && fetched < kSamples; fetched++)
        early->fetch(batch.images.by_sample, fetched);
    }
    for_pairs(share, [&]<int kVectors>(int v) {
      add_column<kVectors>(column, vectors + place(batch, v, patch), step, sums + (v - share.first), count);
    });
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
  const std::ptrdiff_t step = place(batch, 1, 0);
  for_columns(batch, [&](int patch, const Column& column) {
    for_pairs(share, [&]<int kVectors>(int v) {
      add_gradient<kVectors>(column, output_gradient + v, stride, adds, vectors + place(batch, v, patch), step);
    });
  });
}

}  // namespace digitcompress
