#pragma once
#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/blocks.hpp"
#include "core/images.hpp"
#include "core/shape.hpp"
#include "core/vector.hpp"

namespace digitcompress {

// Four fifths of a digit's pixels are zero. Cut into patches of 2 × 4 pixels, about 31 of MNIST's 98 patches hold ink, of 4 × 4 pixels 18
// of 49; only those are kept. A patch fills a vector of floats where vectors are wide: see docs/decisions/0010.
inline constexpr int kPatchRows = kVectorBytes >= 64 ? 4 : 2, kPatchColumns = 4, kPatch = kPatchRows * kPatchColumns;
inline constexpr int kMostPatches = 65536;  // an index of a patch fits 16 bits
inline constexpr int kPatchAhead = 2048;    // bytes of pixels that a pass patch by patch fetches early
inline constexpr int kPatchTile = 256;      // samples whose patches are regrouped together; an index in a tile fits a byte

// Units whose accumulators stay in registers together: 16 of AVX-512's 32 registers; of the 16 of AVX2, 10 leave room, and 10 is a digit
// classifier's width.
inline constexpr int kUnitBlock = kVectorBytes >= 64 ? 16 : 10;

// Calls block.template operator()<size>(first unit) for each block.
template <class Block>
inline void for_unit_blocks(int units, const Block& block) {
  if constexpr (kUnitBlock == 16)
    for_blocks<16, 10, 8, 5, 2, 1>(0, units, block);
  else
    for_blocks<10, 8, 5, 2, 1>(0, units, block);
}

// How a first layer's weights lie. What a kernel reads together lies together, whatever the number of units; padding is zero.
enum class PatchOrder {
  kPixelsInnermost,  // [block of units][patch][unit of the block][kPatch]
  kUnitsInnermost    // [vector of units][patch][kPatch][lane]
};

// Which features share a patch: neighbours where the image divides into such patches, else runs.
class PatchGrid {
 public:
  explicit PatchGrid(const Shape& image, PatchOrder order = PatchOrder::kPixelsInnermost);
  [[nodiscard]] int patches() const { return static_cast<int>(feature_.size()) / kPatch; }
  // Feature at place i of a patch, -1 where the last patch runs past the image.
  [[nodiscard]] int feature(int patch, int i) const { return feature_[static_cast<std::size_t>(patch * kPatch + i)]; }

  [[nodiscard]] std::size_t packed_size(int units) const;

  // Features from one row of a patch to the next; 0 where patches are runs.
  [[nodiscard]] int row_length() const { return row_length_; }

  // Weights (units × features, row by row) to the kernels' order, each times `scale`.
  template <class Real>
  void pack(const Real* weights, int units, int features, Real scale, Real* packed) const;
  // The inverse.
  template <class Real>
  void unpack(const Real* packed, int units, int features, Real scale, Real* weights) const;

 private:
  template <class Use>
  void for_packed(int units, const Use& use) const;

  PatchOrder order_;
  std::vector<int> feature_;
  int row_length_ = 0;
};

// Samples of packed images: row(i) = order[first + i], or first + i without order.
struct PatchRows {
  const std::uint32_t* order = nullptr;
  std::int64_t first = 0;
  int samples = 0;
  std::int64_t ahead = 0, stop = 0;  // row(i + ahead) is worth fetching early; there are `stop` places in all

  [[nodiscard]] bool has_ahead(int i) const { return first + i + ahead < stop; }
  [[nodiscard]] std::size_t operator[](std::int64_t i) const {
    return order == nullptr ? static_cast<std::size_t>(first + i) : std::size_t{order[first + i]};
  }
};

// Byte images as their patches with ink, twice: sample by sample for the forward pass, patch by patch for the backward pass.
struct PatchImages {
  struct BySample {
    AlignedVector<std::uint32_t> first;  // entries of sample s: first[s] … first[s + 1] - 1
    AlignedVector<std::uint16_t> patch;
    AlignedVector<std::uint8_t> pixels;  // kPatch an entry
  };
  struct ByPatch {
    std::vector<std::uint32_t> first;  // entries of patch p in tile t: first[t * (patches + 1) + p] … first[… + 1] - 1
    std::vector<std::uint8_t> sample;  // within the tile
    std::vector<std::uint8_t> pixels;  // kPatch an entry, then kPatchAhead more: what a pass reads early
  };

  std::int64_t count = 0;
  int patches = 0;
  BySample by_sample;
  ByPatch by_patch;

  [[nodiscard]] int tiles() const { return static_cast<int>((count + kPatchTile - 1) / kPatchTile); }
  [[nodiscard]] int tile_samples(int tile) const {
    return static_cast<int>(std::min<std::int64_t>(kPatchTile, count - static_cast<std::int64_t>(tile) * kPatchTile));
  }
  void make_room_by_patch(std::size_t entries) {
    by_patch.sample.resize(entries);
    by_patch.pixels.resize(entries * kPatch + kPatchAhead);
    by_patch.first.resize(static_cast<std::size_t>(tiles()) * static_cast<std::size_t>(patches + 1));
  }
  [[nodiscard]] PatchRows rows(int tile) const {
    return {nullptr, static_cast<std::int64_t>(tile) * kPatchTile, tile_samples(tile), 8, count};
  }
};

// The patches of each sample that have ink, a bit each.
struct InkMasks {
  std::size_t words;  // of a sample
  std::vector<std::uint64_t> bits;

  explicit InkMasks(const PatchImages& images);
  [[nodiscard]] const std::uint64_t* of(std::size_t sample) const { return bits.data() + sample * words; }
};

// Packs rows order[0 … count - 1] of `images` (rows 0 … count - 1 when `order` is null); `images` must hold bytes.
[[nodiscard]] PatchImages pack_patches(const Images& images, const PatchGrid& grid, const std::uint32_t* order, std::int64_t count,
                                       bool with_backward, int threads);

// Writes a tile's samples patch by patch; its entries take the places from `start` on.
void regroup(const PatchImages::BySample& from, const PatchRows& rows, int patches, int tile, std::uint32_t start,
             PatchImages::ByPatch& to);

// Share of patches without ink, from an even sample of the images; the patch kernels pay from about one half.
[[nodiscard]] double empty_patch_share(const Images& images, const PatchGrid& grid);

}  // namespace digitcompress
