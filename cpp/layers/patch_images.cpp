#include "layers/patch_images.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "core/thread_pool.hpp"

namespace digitcompress {
namespace {

bool gather(const PatchGrid& grid, const std::uint8_t* row, int patch, std::uint8_t* pixels) {
  std::uint64_t any = 0;
  if (grid.row_length() > 0) {
    const std::uint8_t* top = row + grid.feature(patch, 0);
    std::memcpy(pixels, top, kPatch / 2);
    std::memcpy(pixels + kPatch / 2, top + grid.row_length(), kPatch / 2);
  } else {
    for (int i = 0; i < kPatch; i++) {
      const int feature = grid.feature(patch, i);
      pixels[i] = feature < 0 ? std::uint8_t{0} : row[feature];
    }
  }
  std::memcpy(&any, pixels, kPatch);
  return any != 0;
}

std::uint32_t count_entries(const PatchGrid& grid, const std::uint8_t* row) {
  std::uint8_t pixels[kPatch];
  std::uint32_t count = 0;
  for (int patch = 0; patch < grid.patches(); patch++) count += gather(grid, row, patch, pixels) ? 1 : 0;
  return count;
}

void write_entries(const PatchGrid& grid, const std::uint8_t* row, std::size_t place, PatchImages::BySample& entries) {
  std::uint8_t pixels[kPatch];
  for (int patch = 0; patch < grid.patches(); patch++) {
    if (!gather(grid, row, patch, pixels)) continue;
    entries.patch[place] = static_cast<std::uint16_t>(patch);
    std::memcpy(&entries.pixels[place * kPatch], pixels, kPatch);
    place++;
  }
}

// Counting sort of one tile's entries by patch.
void regroup_tile(PatchImages& packed, int tile) {
  const auto& from = packed.by_sample;
  auto& to = packed.by_patch;
  const std::int64_t begin = static_cast<std::int64_t>(tile) * kPatchTile;
  const int samples = packed.tile_samples(tile);
  std::uint32_t* first = to.first.data() + static_cast<std::int64_t>(tile) * (packed.patches + 1);
  const std::uint32_t start = from.first[static_cast<std::size_t>(begin)];
  const std::uint32_t stop = from.first[static_cast<std::size_t>(begin + samples)];
  std::vector<std::uint32_t> next(static_cast<std::size_t>(packed.patches) + 1, 0);
  for (std::uint32_t e = start; e < stop; e++) next[from.patch[e] + 1u]++;
  next[0] = start;
  for (int p = 0; p < packed.patches; p++) next[static_cast<std::size_t>(p) + 1] += next[static_cast<std::size_t>(p)];
  std::copy(next.begin(), next.end(), first);
  for (int s = 0; s < samples; s++) {
    for (std::uint32_t e = from.first[static_cast<std::size_t>(begin + s)]; e < from.first[static_cast<std::size_t>(begin + s) + 1]; e++) {
      const std::uint32_t place = next[from.patch[e]]++;
      to.sample[place] = static_cast<std::uint8_t>(s);
      std::memcpy(&to.pixels[std::size_t{place} * kPatch], &from.pixels[std::size_t{e} * kPatch], kPatch);
    }
  }
}

}  // namespace

PatchGrid::PatchGrid(const Shape& image) {
  const int count = image.count();
  feature_.assign(static_cast<std::size_t>((count + kPatch - 1) / kPatch * kPatch), -1);
  const bool divides = image.height % 2 == 0 && image.width % 4 == 0;
  if (divides) row_length_ = image.width;
  for (int feature = 0; feature < count; feature++) {
    int place = feature;
    if (divides) {
      const int x = feature % image.width, row = feature / image.width;
      place = ((row / 2) * (image.width / 4) + x / 4) * kPatch + (row % 2) * 4 + x % 4;
    }
    feature_[static_cast<std::size_t>(place)] = feature;
  }
}

// Calls use(place in the packed order, unit, feature or -1) for every packed value, in order.
template <class Use>
void PatchGrid::for_packed(int units, const Use& use) const {
  std::size_t place = 0;
  for_unit_blocks(units, [&]<int kBlock>(int first) {
    for (int patch = 0; patch < patches(); patch++) {
      for (int unit = first; unit < first + kBlock; unit++) {
        for (int i = 0; i < kPatch; i++) use(place++, unit, feature(patch, i));
      }
    }
  });
}

template <class Real>
void PatchGrid::pack(const Real* weights, int units, int features, Real scale, Real* packed) const {
  for_packed(units, [&](std::size_t place, int unit, int from) {
    packed[place] = from < 0 ? Real{0} : scale * weights[static_cast<std::ptrdiff_t>(unit) * features + from];
  });
}

template <class Real>
void PatchGrid::unpack(const Real* packed, int units, int features, Real scale, Real* weights) const {
  for_packed(units, [&](std::size_t place, int unit, int to) {
    if (to >= 0) weights[static_cast<std::ptrdiff_t>(unit) * features + to] = scale * packed[place];
  });
}

template void PatchGrid::pack(const float*, int, int, float, float*) const;
template void PatchGrid::pack(const double*, int, int, double, double*) const;
template void PatchGrid::unpack(const float*, int, int, float, float*) const;
template void PatchGrid::unpack(const double*, int, int, double, double*) const;

PatchImages pack_patches(const Images& images, const PatchGrid& grid, const std::uint32_t* order, std::int64_t count, bool with_backward,
                         int threads) {
  PatchImages packed;
  packed.count = count;
  packed.patches = grid.patches();
  auto& entries = packed.by_sample;
  entries.first.assign(static_cast<std::size_t>(count) + 1, 0);
  const auto row = [&](std::int64_t s) { return images.byte_row(order == nullptr ? s : order[s]); };
  const auto for_samples = [&](const auto& use) {
    parallel_for(packed.tiles(), threads, [&](int tile) {
      const std::int64_t begin = static_cast<std::int64_t>(tile) * kPatchTile;
      for (std::int64_t s = begin; s < begin + packed.tile_samples(tile); s++) use(s);
    });
  };
  for_samples([&](std::int64_t s) { entries.first[static_cast<std::size_t>(s) + 1] = count_entries(grid, row(s)); });
  std::partial_sum(entries.first.begin(), entries.first.end(), entries.first.begin());
  entries.patch.resize(entries.first.back());
  entries.pixels.resize(std::size_t{entries.first.back()} * kPatch);
  for_samples([&](std::int64_t s) { write_entries(grid, row(s), entries.first[static_cast<std::size_t>(s)], entries); });
  if (!with_backward) return packed;
  packed.by_patch.sample.resize(packed.by_sample.patch.size());
  packed.by_patch.pixels.resize(packed.by_sample.pixels.size());
  packed.by_patch.first.resize(static_cast<std::size_t>(packed.tiles()) * static_cast<std::size_t>(packed.patches + 1));
  parallel_for(packed.tiles(), threads, [&](int tile) { regroup_tile(packed, tile); });
  return packed;
}

double empty_patch_share(const Images& images, const PatchGrid& grid) {
  const std::int64_t step = std::max<std::int64_t>(1, images.count / 256);
  std::int64_t empty = 0, seen = 0;
  std::uint8_t pixels[kPatch];
  for (std::int64_t s = 0; s < images.count; s += step) {
    for (int patch = 0; patch < grid.patches(); patch++, seen++) empty += !gather(grid, images.byte_row(s), patch, pixels);
  }
  return seen == 0 ? 0.0 : static_cast<double>(empty) / static_cast<double>(seen);
}

}  // namespace digitcompress
