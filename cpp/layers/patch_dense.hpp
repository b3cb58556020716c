#pragma once
#include <algorithm>
#include <cstdint>
#include <cstring>

#include "core/blocks.hpp"
#include "core/vector.hpp"
#include "layers/patch_images.hpp"

// A dense layer on images given as patches with ink: the first layer of a perceptron, in float and in double.
// Weights and their gradient are in PatchGrid::pack's order [patch][unit][kPatch], 64-byte aligned.
// Results and their gradients lie in groups of kGroup samples, [group][unit][sample within the group]: "samples ride in the lanes".
namespace digitcompress {

template <class Real>
struct PatchWeights {
  const Real* packed;
  const Real* bias;  // null: none
  Real scale;        // of the pixels
};

namespace detail {

template <class Real>
inline constexpr int kPart = std::min<int>(kPatch, kVectorBytes / static_cast<int>(sizeof(Real)));  // a patch is kPatch / kPart vectors
// Units whose accumulators stay in registers together: 10 leave room in the 16 registers of AVX2, and 10 is a digit classifier's width.
inline constexpr int kUnits = 10;

// Spreads bytes over int32 elements in one shuffle; the compilers' own conversion of short vectors goes byte by byte.
template <int kWidth, int... kByte>
inline Vector<std::int32_t, kWidth> spread_bytes(std::uint64_t word, std::integer_sequence<int, kByte...>) {
  using Bytes = Vector<std::uint8_t, kWidth * 4>;
  const auto copies = reinterpret_cast<Bytes>(Vector<std::uint64_t, kWidth / 2>{} + word);
  // Byte 4 i of the result is byte i of the word, taken from the same 16-byte lane so that the shuffle never crosses lanes. Its three
  // neighbours are cleared afterwards: a shuffle with zeros would become a blend, on the ports that multiply.
  const auto spread = __builtin_shufflevector(copies, copies, (kByte / 16 * 16 + kByte % 16 / 4 + kByte / 16 * 4 % 8)...);
  return reinterpret_cast<Vector<std::int32_t, kWidth>>(spread) & 0xff;
}

template <class Real>
inline Vector<Real, kPart<Real>> widen(const std::uint8_t* pixels) {
  constexpr int width = kPart<Real>;
  if constexpr (width == 2) {
    return Vector<Real, 2>{static_cast<Real>(pixels[0]), static_cast<Real>(pixels[1])};
  } else {
    std::uint64_t word = 0;
    std::memcpy(&word, pixels, width);
    return __builtin_convertvector(spread_bytes<width>(word, std::make_integer_sequence<int, width * 4>{}), Vector<Real, width>);
  }
}

// The hardware stops prefetching at the end of a page; this asks for what is needed some samples later.
inline void prefetch_ahead(const PatchImages::BySample& entries, std::uint32_t begin, std::uint32_t end) {
  constexpr std::size_t line = 64, ahead = 2048;
  const std::uint8_t* pixels = entries.pixels.data() + ahead;
  for (std::size_t i = std::size_t{begin} * kPatch; i < std::size_t{end} * kPatch; i += line) __builtin_prefetch(pixels + i);
  __builtin_prefetch(entries.patch.data() + end + ahead / kPatch);
}

template <class Real, int kBlock>
inline void forward_sample(const PatchImages::BySample& entries, std::size_t sample, const Real* weights, int units,
                           Vector<Real, kPart<Real>>* sums) {
  constexpr int width = kPart<Real>, parts = kPatch / width;
  using Part = Vector<Real, width>;
  Part sum[kBlock];
#pragma GCC unroll 16
  for (int u = 0; u < kBlock; u++) sum[u] = Part{};
  const std::uint32_t stop = entries.first[sample + 1];
  prefetch_ahead(entries, entries.first[sample], stop);
  for (std::uint32_t e = entries.first[sample]; e < stop; e++) {
    const Real* weight = weights + static_cast<std::ptrdiff_t>(entries.patch[e]) * units * kPatch;
#pragma GCC unroll 4
    for (int part = 0; part < parts; part++) {
      const Part pixels = widen<Real>(&entries.pixels[std::size_t{e} * kPatch + static_cast<std::size_t>(part * width)]);
#pragma GCC unroll 16
      for (int u = 0; u < kBlock; u++) sum[u] += pixels * *reinterpret_cast<const Part*>(weight + u * kPatch + part * width);
    }
  }
#pragma GCC unroll 16
  for (int u = 0; u < kBlock; u++) sums[u] = sum[u];
}

template <class Real, int kGroup, int kBlock>
void forward_units(const PatchImages::BySample& entries, const PatchRows& rows, const PatchWeights<Real>& weights, int units, int unit,
                   Real* output) {
  constexpr int width = kPart<Real>;
  using Part = Vector<Real, width>;
  Part sums[width * kBlock];
  for (int s = 0; s < (rows.samples + kGroup - 1) / kGroup * kGroup; s += width) {
    for (int i = 0; i < width; i++) {
      // Lanes past the last sample repeat it, so that they hold nothing the data does not.
      const std::size_t sample = rows[std::min(s + i, rows.samples - 1)];
      forward_sample<Real, kBlock>(entries, sample, weights.packed + unit * kPatch, units, sums + i * kBlock);
    }
    Real* place = output + (s / kGroup * units + unit) * kGroup + s % kGroup;
    for (int u = 0; u < kBlock; u++) {
      const Real bias = weights.bias == nullptr ? Real{0} : weights.bias[unit + u];
      *reinterpret_cast<Part*>(place + u * kGroup) = sum_each<width>(sums + u, kBlock) * weights.scale + bias;
    }
  }
}

template <class Real, int kBlock>
void backward_patch(const PatchImages::ByPatch& entries, std::uint32_t begin, std::uint32_t end, const Real* gradients,
                    const std::int32_t* place, int stride, Real* target) {
  constexpr int width = kPart<Real>, parts = kPatch / width;
  using Part = Vector<Real, width>;
#pragma GCC unroll 4
  for (int part = 0; part < parts; part++) {
    Part sum[kBlock];
#pragma GCC unroll 16
    for (int u = 0; u < kBlock; u++) sum[u] = *reinterpret_cast<const Part*>(target + u * kPatch + part * width);
    for (std::uint32_t e = begin; e < end; e++) {
      const Part pixels = widen<Real>(&entries.pixels[std::size_t{e} * kPatch + static_cast<std::size_t>(part * width)]);
      const Real* gradient = gradients + place[entries.sample[e]];
#pragma GCC unroll 16
      for (int u = 0; u < kBlock; u++) sum[u] += pixels * gradient[u * stride];
    }
#pragma GCC unroll 16
    for (int u = 0; u < kBlock; u++) *reinterpret_cast<Part*>(target + u * kPatch + part * width) = sum[u];
  }
}

template <class Real, int kGroup, int kBlock>
void backward_rows(const PatchImages::BySample& entries, const PatchRows& rows, const Real* output_gradient, int units, int unit,
                   Real* weight_gradient) {
  constexpr int width = kPart<Real>, parts = kPatch / width;
  using Part = Vector<Real, width>;
  for (int s = 0; s < rows.samples; s++) {
    const Real* gradients = output_gradient + (s / kGroup * units + unit) * kGroup + s % kGroup;
    Part gradient[kBlock];
#pragma GCC unroll 16
    for (int u = 0; u < kBlock; u++) gradient[u] = Part{} + gradients[u * kGroup];
    const std::size_t sample = rows[s];
    for (std::uint32_t e = entries.first[sample]; e < entries.first[sample + 1]; e++) {
      Real* target = weight_gradient + (static_cast<std::ptrdiff_t>(entries.patch[e]) * units + unit) * kPatch;
#pragma GCC unroll 4
      for (int part = 0; part < parts; part++) {
        const Part pixels = widen<Real>(&entries.pixels[std::size_t{e} * kPatch + static_cast<std::size_t>(part * width)]);
#pragma GCC unroll 16
        for (int u = 0; u < kBlock; u++) *reinterpret_cast<Part*>(target + u * kPatch + part * width) += pixels * gradient[u];
      }
    }
  }
}

}  // namespace detail

// output = scale · weights · pixels + bias for some samples; lanes past the last sample repeat it.
template <class Real, int kGroup>
void patch_dense_forward(const PatchImages::BySample& entries, const PatchRows& rows, const PatchWeights<Real>& weights, int units,
                         Real* output) {
  static_assert(kGroup % detail::kPart<Real> == 0);
  for_blocks<detail::kUnits, 5, 2, 1>(
      0, units, [&]<int kBlock>(int unit) { detail::forward_units<Real, kGroup, kBlock>(entries, rows, weights, units, unit, output); });
}

struct PatchRange {
  int first, stop;
};

// weight_gradient += outer products of output gradients and pixels, over the samples of a tile; for some patches only.
template <class Real, int kGroup>
void patch_dense_backward(const PatchImages& images, int tile, const PatchRange& patches, const Real* output_gradient, int units,
                          Real* weight_gradient) {
  std::int32_t place[kPatchTile];  // where each sample's gradients start
  for (int s = 0; s < kPatchTile; s++) place[s] = s / kGroup * units * kGroup + s % kGroup;
  const std::uint32_t* first = images.by_patch.first.data() + static_cast<std::ptrdiff_t>(tile) * (images.patches + 1);
  for_blocks<detail::kUnits, 5, 2, 1>(0, units, [&]<int kBlock>(int unit) {
    for (int patch = patches.first; patch < patches.stop; patch++) {
      if (first[patch] == first[patch + 1]) continue;
      Real* target = weight_gradient + (static_cast<std::ptrdiff_t>(patch) * units + unit) * kPatch;
      detail::backward_patch<Real, kBlock>(images.by_patch, first[patch], first[patch + 1], output_gradient + unit * kGroup, place, kGroup,
                                           target);
    }
  });
}

// The same over rows that are not regrouped by patch, for a range of units: right for a few samples.
template <class Real, int kGroup>
void patch_dense_backward_rows(const PatchImages::BySample& entries, const PatchRows& rows, const Real* output_gradient, int units,
                               int first_unit, int stop_unit, Real* weight_gradient) {
  for_blocks<5, 2, 1>(first_unit, stop_unit, [&]<int kBlock>(int unit) {
    detail::backward_rows<Real, kGroup, kBlock>(entries, rows, output_gradient, units, unit, weight_gradient);
  });
}

}  // namespace digitcompress
