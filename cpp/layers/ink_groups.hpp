#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/aligned_memory.hpp"
#include "core/lanes.hpp"
#include "layers/patch_images.hpp"

namespace digitcompress {

inline constexpr std::size_t kInkAhead = 2048;  // bytes that are fetched early, about half a group

// Byte images in groups of kLanes samples that ride in the lanes: of each group, the pixels where any of its samples has ink. Similar
// samples have most of them in common, so that there are fewer.
struct InkGroups {
  AlignedVector<std::uint32_t> first;  // entries of group g: first[g] … first[g + 1] - 1
  AlignedVector<std::uint32_t> place;  // of the pixel, in PatchGrid's order: patch · kPatch + pixel
  AlignedVector<std::uint8_t> bytes;   // kLanes an entry, then kInkAhead more; lanes past the last sample repeat it
};

// The samples of packed images, similar ones next to each other; made for groups of kLanes.
[[nodiscard]] std::vector<std::uint32_t> order_by_likeness(const PatchImages& images);

[[nodiscard]] InkGroups group_ink(const PatchImages& images, int threads);

}  // namespace digitcompress
