#include "layers/patch_images.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "core/lanes.hpp"
#include "core/thread_pool.hpp"

namespace digitcompress {
namespace {

// Copies a patch; whether it holds ink. That is seen while copying: what was written in small pieces cannot be read again at once.
bool gather(const PatchGrid& grid, const std::uint8_t* row, int patch, std::uint8_t* pixels) {
  std::uint32_t ink = 0;
  if (const int row_length = grid.row_length(); row_length > 0) {
    const std::uint8_t* top = row + grid.feature(patch, 0);
    for (int y = 0; y < kPatchRows; y++) {
      std::uint32_t pixels_of_row;
      static_assert(sizeof pixels_of_row == kPatchColumns);
      std::memcpy(&pixels_of_row, top + y * row_length, kPatchColumns);
      std::memcpy(pixels + y * kPatchColumns, &pixels_of_row, kPatchColumns);
      ink |= pixels_of_row;
    }
  } else {
    for (int i = 0; i < kPatch; i++) {
      const int feature = grid.feature(patch, i);
      pixels[i] = feature < 0 ? std::uint8_t{0} : row[feature];
      ink |= pixels[i];
    }
  }
  return ink != 0;
}

std::uint32_t count_entries(const PatchGrid& grid, const std::uint8_t* row) {
  std::uint8_t pixels[kPatch];
  std::uint32_t count = 0;
  for (int patch = 0; patch < grid.patches(); patch++) count += gather(grid, row, patch, pixels) ? 1 : 0;
  return count;
}

// Writes the entries from `place` up to `stop`, which were counted in an earlier look at the row. Somebody may have written to the image
// since then: what is too much is left out, and what is missing becomes empty patches.
void write_entries(const PatchGrid& grid, const std::uint8_t* row, std::size_t place, std::size_t stop, PatchImages::BySample& entries) {
  for (int patch = 0; patch < grid.patches() && place < stop; patch++) {
    entries.patch[place] = static_cast<std::uint16_t>(patch);
    place += gather(grid, row, patch, &entries.pixels[place * kPatch]) ? 1 : 0;  // the next patch takes the place of an empty one
  }
  std::fill(entries.patch.begin() + static_cast<std::ptrdiff_t>(place), entries.patch.begin() + static_cast<std::ptrdiff_t>(stop),
            std::uint16_t{0});
  std::fill(entries.pixels.begin() + static_cast<std::ptrdiff_t>(place * kPatch),
            entries.pixels.begin() + static_cast<std::ptrdiff_t>(stop * kPatch), std::uint8_t{0});
}

}  // namespace

PatchGrid::PatchGrid(const Shape& image, PatchOrder order) : order_(order) {
  const int count = image.count();
  feature_.assign(static_cast<std::size_t>((count + kPatch - 1) / kPatch * kPatch), -1);
  const bool divides = image.height % kPatchRows == 0 && image.width % kPatchColumns == 0;
  if (divides) row_length_ = image.width;
  for (int feature = 0; feature < count; feature++) {
    int place = feature;
    if (divides) {
      const int x = feature % image.width, row = feature / image.width;
      const int patch = row / kPatchRows * (image.width / kPatchColumns) + x / kPatchColumns;
      place = patch * kPatch + row % kPatchRows * kPatchColumns + x % kPatchColumns;
    }
    feature_[static_cast<std::size_t>(place)] = feature;
  }
}

std::size_t PatchGrid::packed_size(int units) const {
  const int lanes = order_ == PatchOrder::kUnitsInnermost ? kLanes : 1;
  return feature_.size() * static_cast<std::size_t>((units + lanes - 1) / lanes * lanes);
}

// Calls use(place in the packed order, unit, feature or -1) for every packed value but those past the last unit, in order.
template <class Use>
void PatchGrid::for_packed(int units, const Use& use) const {
  if (order_ == PatchOrder::kUnitsInnermost) {
    const int pixels = patches() * kPatch, vectors = (units + kLanes - 1) / kLanes;
    for (int row = 0; row < vectors * pixels; row++) {
      const int first = row / pixels * kLanes, from = feature(0, row % pixels);
      for (int unit = first; unit < std::min(first + kLanes, units); unit++)
        use(static_cast<std::size_t>(row) * kLanes + static_cast<std::size_t>(unit - first), unit, from);
    }
    return;
  }
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

InkMasks::InkMasks(const PatchImages& images)
    : words((static_cast<std::size_t>(images.patches) + 63) / 64), bits(words * static_cast<std::size_t>(images.count)) {
  const auto& entries = images.by_sample;
  for (std::size_t s = 0; s < static_cast<std::size_t>(images.count); s++) {
    for (std::uint32_t e = entries.first[s]; e < entries.first[s + 1]; e++)
      bits[s * words + entries.patch[e] / 64] |= std::uint64_t{1} << entries.patch[e] % 64;
  }
}

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
  for_samples([&](std::int64_t s) {
    const auto first = entries.first.begin() + s;
    write_entries(grid, row(s), first[0], first[1], entries);
  });
  if (!with_backward) return packed;
  packed.make_room_by_patch(packed.by_sample.patch.size());
  parallel_for(packed.tiles(), threads, [&](int tile) {
    const PatchRows rows = packed.rows(tile);
    regroup(packed.by_sample, rows, packed.patches, tile, packed.by_sample.first[static_cast<std::size_t>(rows.first)], packed.by_patch);
  });
  return packed;
}

// A counting sort. The starts of patches serve as cursors while entries are placed, and are then moved back by one.
void regroup(const PatchImages::BySample& from, const PatchRows& rows, int patches, int tile, std::uint32_t start,
             PatchImages::ByPatch& to) {
  std::uint32_t* first = to.first.data() + static_cast<std::ptrdiff_t>(tile) * (patches + 1);
  const std::uint16_t* patch = from.patch.data();
  const auto for_samples = [&](const auto& use) {
    for (int s = 0; s < rows.samples; s++) {
      const std::size_t row = rows[s];
      use(s, from.first[row], from.first[row + 1]);
    }
  };
  std::fill_n(first, patches + 1, 0u);
  for_samples([&](int, std::uint32_t begin, std::uint32_t end) {
    for (std::uint32_t e = begin; e < end; e++) first[patch[e] + 1]++;
  });
  first[0] = start;
  for (int p = 0; p < patches; p++) first[p + 1] += first[p];
  const std::uint8_t* from_pixels = from.pixels.data();
  std::uint8_t *sample = to.sample.data(), *pixels = to.pixels.data();
  for_samples([&](int s, std::uint32_t begin, std::uint32_t end) {
    for (std::uint32_t e = begin; e < end; e++) {
      const std::size_t place = first[patch[e]]++;
      sample[place] = static_cast<std::uint8_t>(s);
      std::memcpy(pixels + place * kPatch, from_pixels + std::size_t{e} * kPatch, kPatch);
    }
  });
  std::copy_backward(first, first + patches, first + patches + 1);
  first[0] = start;
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
