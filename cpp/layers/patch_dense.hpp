#pragma once
#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>

#include "core/blocks.hpp"
#include "core/vector.hpp"
#include "layers/patch_images.hpp"
#include "layers/patch_members.hpp"

// A dense layer on images given as patches with ink: the first layer of a perceptron, in float and in double.
// Weights and their gradient are in PatchGrid::pack's order, 64-byte aligned.
// Results and their gradients lie in groups of kGroup samples, [group][unit][sample within the group]: "samples ride in the lanes".
namespace digitcompress {

template <class Real>
struct PatchWeights {
  const Real* packed;
  int patches;
  const Real* bias;  // null: none
  Real scale;        // of the pixels
};

namespace detail {

template <class Real>
inline constexpr int kPart = std::min<int>(kPatch, kVectorBytes / static_cast<int>(sizeof(Real)));  // a patch is kPatch / kPart vectors

template <class Real>
inline Vector<Real, kPart<Real>> widen(const std::uint8_t* pixels) {
  constexpr int width = kPart<Real>;
  if constexpr (width == 2) {
    return Vector<Real, 2>{static_cast<Real>(pixels[0]), static_cast<Real>(pixels[1])};
  } else {
    return __builtin_convertvector(spread_bytes<width>(pixels), Vector<Real, width>);
  }
}

// Asks for samples that are needed a little later: the hardware cannot guess samples in random order, and stops at the end of a page. Where
// they begin, and the pages they are on, are memory to wait for as well, so these are asked for together, ahead of the rest of a sample.
template <int kCount>
struct EarlySamples {
  std::size_t begin[kCount];

  EarlySamples(const PatchImages::BySample& entries, const PatchRows& rows, int first) {
#pragma GCC unroll 16
    for (int i = 0; i < kCount; i++) begin[i] = entries.first[rows[std::min(first + i + rows.ahead, rows.stop - rows.first - 1)]];
#pragma GCC unroll 16
    for (int i = 0; i < kCount; i++) __builtin_prefetch(entries.pixels.data() + begin[i] * kPatch);
  }

  // As many bytes as a digit usually takes: a loop up to its end would be a branch that waits for memory to tell where that is.
  // Inlined by force: GCC takes a function that only prefetches for one without effect, and drops its calls.
  [[gnu::always_inline]] void fetch(const PatchImages::BySample& entries, int i) const {
    constexpr std::size_t line = 64, usual = 6 * line;
    const std::uint8_t* pixels = entries.pixels.data() + begin[i] * kPatch;
#pragma GCC unroll 8
    for (std::size_t ahead = line; ahead < usual; ahead += line) __builtin_prefetch(pixels + ahead);
    __builtin_prefetch(entries.patch.data() + begin[i]);
    __builtin_prefetch(entries.patch.data() + begin[i] + usual / kPatch);
  }
};

template <class Real, int kBlock>
inline void forward_sample(const PatchImages::BySample& entries, std::size_t sample, const Real* weights, Vector<Real, kPart<Real>>* sums) {
  constexpr int width = kPart<Real>, parts = kPatch / width;
  using Part = Vector<Real, width>;
  Part sum[kBlock];
#pragma GCC unroll 16
  for (int u = 0; u < kBlock; u++) sum[u] = Part{};
  const std::uint32_t stop = entries.first[sample + 1];
  for (std::uint32_t e = entries.first[sample]; e < stop; e++) {
    const Real* weight = weights + static_cast<std::ptrdiff_t>(entries.patch[e]) * kBlock * kPatch;
    keep_in_register(weight);
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
  const Real* block = weights.packed + static_cast<std::ptrdiff_t>(unit) * weights.patches * kPatch;
  constexpr int width = kPart<Real>;
  using Part = Vector<Real, width>;
  Part sums[2 * kBlock], pairs[width / 2 * kBlock];
  for (int s = 0; s < (rows.samples + kGroup - 1) / kGroup * kGroup; s += width) {
    std::optional<EarlySamples<width>> early;
    if (unit == 0 && rows.has_ahead(s)) early.emplace(entries, rows, s);
    for (int i = 0; i < width; i++) {
      if (early) early->fetch(entries, i);
      // Lanes past the last sample repeat it, so that they hold nothing the data does not.
      forward_sample<Real, kBlock>(entries, rows[std::min(s + i, rows.samples - 1)], block, sums + i % 2 * kBlock);
      for (int u = 0; u < kBlock && i % 2 == 1; u++) pairs[i / 2 * kBlock + u] = fold_pair<width>(sums[u], sums[kBlock + u]);
    }
    Real* place = output + (s / kGroup * units + unit) * kGroup + s % kGroup;
    for (int u = 0; u < kBlock; u++) {
      const Real bias = weights.bias == nullptr ? Real{0} : weights.bias[unit + u];
      *reinterpret_cast<Part*>(place + u * kGroup) = sum_each_of_pairs<width>(pairs + u, kBlock) * weights.scale + bias;
    }
  }
}

// The pixels of the next entry are widened while the products of this one go on.
template <class Real, int kBlock>
void backward_patch(const PatchImages::ByPatch& entries, std::uint32_t begin, std::uint32_t end, const Real* gradients, int stride,
                    Real* target) {
  constexpr int width = kPart<Real>, parts = kPatch / width;
  using Part = Vector<Real, width>;
  keep_in_register(gradients);
#pragma GCC unroll 4
  for (int part = 0; part < parts; part++) {
    Part sum[kBlock];
#pragma GCC unroll 16
    for (int u = 0; u < kBlock; u++) sum[u] = *reinterpret_cast<const Part*>(target + u * kPatch + part * width);
    const std::uint8_t* bytes = &entries.pixels[std::size_t{begin} * kPatch + static_cast<std::size_t>(part * width)];
    const std::uint8_t *sample = entries.sample.data() + begin, *stop = entries.sample.data() + end;
    for (Part next = widen<Real>(bytes); sample < stop; sample++) {
      const Part pixels = next;
      const Real* gradient = gradients + static_cast<std::ptrdiff_t>(*sample) * stride;
      keep_in_register(gradient);
      bytes += kPatch;
      next = widen<Real>(bytes);
      __builtin_prefetch(bytes + kPatchAhead);
#pragma GCC unroll 16
      for (int u = 0; u < kBlock; u++) sum[u] += pixels * gradient[u];
    }
#pragma GCC unroll 16
    for (int u = 0; u < kBlock; u++) *reinterpret_cast<Part*>(target + u * kPatch + part * width) = sum[u];
  }
}

// The same for samples as they lie: `members` has a bit for each that has ink in the patch, and next[sample] is its entry there.
template <class Real, int kBlock, bool kAdds>
void backward_members(const PatchImages::BySample& entries, std::uint64_t members, std::uint32_t* next, const Real* gradients, int stride,
                      Real* target) {
  constexpr int width = kPart<Real>, parts = kPatch / width;
  using Part = Vector<Real, width>;
#pragma GCC unroll 4
  for (int part = 0; part < parts; part++) {
    Part sum[kBlock];
#pragma GCC unroll 16
    for (int u = 0; u < kBlock; u++) sum[u] = kAdds ? *reinterpret_cast<const Part*>(target + u * kPatch + part * width) : Part{};
    for (std::uint64_t left = members; left != 0; left &= left - 1) {
      const int sample = std::countr_zero(left);
      const std::size_t entry = next[sample];
      if (part + 1 == parts) next[sample]++;
      const Part pixels = widen<Real>(&entries.pixels[entry * kPatch + static_cast<std::size_t>(part * width)]);
      const Real* gradient = gradients + static_cast<std::ptrdiff_t>(sample) * stride;
      keep_in_register(gradient);
#pragma GCC unroll 16
      for (int u = 0; u < kBlock; u++) sum[u] += pixels * gradient[u];
    }
#pragma GCC unroll 16
    for (int u = 0; u < kBlock; u++) *reinterpret_cast<Part*>(target + u * kPatch + part * width) = sum[u];
  }
}

}  // namespace detail

// output = scale · weights · pixels + bias for some samples; lanes past the last sample repeat it.
template <class Real, int kGroup>
void patch_dense_forward(const PatchImages::BySample& entries, const PatchRows& rows, const PatchWeights<Real>& weights, int units,
                         Real* output) {
  static_assert(kGroup % detail::kPart<Real> == 0);
  for_unit_blocks(units,
                  [&]<int kBlock>(int unit) { detail::forward_units<Real, kGroup, kBlock>(entries, rows, weights, units, unit, output); });
}

// weight_gradient += outer products of output gradients and pixels, over the samples of a tile.
// The gradients lie sample by sample, `stride` apart: in lanes, those of a sample would be cache lines apart, all in one bank of the cache.
template <class Real>
void patch_dense_backward(const PatchImages& images, int tile, const Real* output_gradient, int stride, int units, Real* weight_gradient) {
  const std::uint32_t* first = images.by_patch.first.data() + static_cast<std::ptrdiff_t>(tile) * (images.patches + 1);
  for_unit_blocks(units, [&]<int kBlock>(int unit) {
    Real* block = weight_gradient + static_cast<std::ptrdiff_t>(unit) * images.patches * kPatch;
    for (int patch = 0; patch < images.patches; patch++, block += kBlock * kPatch) {
      if (first[patch] < first[patch + 1])
        detail::backward_patch<Real, kBlock>(images.by_patch, first[patch], first[patch + 1], output_gradient + unit, stride, block);
    }
  });
}

// The same for the rows that `members` has found, as they lie: the same sums in the same order; += when it `adds`.
template <class Real>
void patch_dense_backward(const PatchImages& images, const PatchRows& rows, const PatchMembers& members, const Real* output_gradient,
                          int stride, int units, bool adds, Real* weight_gradient) {
  for_unit_blocks(units, [&]<int kBlock>(int unit) {
    std::uint32_t next[PatchMembers::kSamples];
    for (int s = 0; s < rows.samples; s++) next[s] = images.by_sample.first[rows[s]];
    Real* block = weight_gradient + static_cast<std::ptrdiff_t>(unit) * images.patches * kPatch;
    const auto backward = adds ? detail::backward_members<Real, kBlock, true> : detail::backward_members<Real, kBlock, false>;
    for (int patch = 0; patch < images.patches; patch++, block += kBlock * kPatch)
      backward(images.by_sample, members.of(patch), next, output_gradient + unit, stride, block);
  });
}

}  // namespace digitcompress
