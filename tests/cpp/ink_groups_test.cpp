#include "layers/ink_groups.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <doctest/doctest.h>
#include <numeric>
#include <set>
#include <utility>
#include <vector>

#include "core/random.hpp"

namespace digitcompress {
namespace {

using Bytes = std::vector<std::uint8_t>;
using Order = std::vector<std::uint32_t>;
using Pixel = std::pair<std::uint32_t, Bytes>;  // its place in PatchGrid's order, and its value in each lane

struct Pictures {
  Shape shape;
  std::uint32_t count;
  Bytes bytes;

  [[nodiscard]] Images images() const { return {bytes.data(), nullptr, count, shape.count()}; }
};

Pictures make_pictures(const Shape& shape, std::uint32_t count, std::uint32_t percent_inked) {
  const Random random(3, 1);
  Bytes bytes(count * static_cast<std::size_t>(shape.count()));
  for (std::size_t i = 0; i < bytes.size(); i++)
    bytes[i] = static_cast<std::uint8_t>(
        Random::below(random.bits(2 * i), 100) < percent_inked ? 1 + Random::below(random.bits(2 * i + 1), 255) : 0);
  return {shape, count, std::move(bytes)};
}

// Kinds take turns, and each fills a group. They lie on a line: each has ink in more of the first patches than the one before, the first
// in none and the last in all. So a halving between two that are farthest apart never cuts through a kind.
Pictures make_kinds(std::uint32_t kinds) {
  const Random random(4, 1);
  Pictures pictures = make_pictures({1, 28, 28}, kinds * kLanes, 0);
  const PatchGrid grid(pictures.shape);
  for (std::uint32_t sample = 0; sample < pictures.count; sample++) {
    const int inked = grid.patches() * static_cast<int>(sample % kinds) / static_cast<int>(kinds - 1);
    for (int patch = 0; patch < inked; patch++) {
      const std::size_t drawn = std::size_t{sample} * static_cast<std::size_t>(grid.patches()) + static_cast<std::size_t>(patch);
      const int feature = grid.feature(patch, static_cast<int>(Random::below(random.bits(drawn), kPatch)));
      pictures.bytes[sample * static_cast<std::size_t>(pictures.shape.count()) + static_cast<std::size_t>(feature)] = 200;
    }
  }
  return pictures;
}

Order order_of(const Pictures& pictures) {
  return order_by_likeness(pack_patches(pictures.images(), PatchGrid(pictures.shape), nullptr, pictures.count, false, 1));
}

Order in_turn(std::uint32_t count) {
  Order order(count);
  std::iota(order.begin(), order.end(), 0u);
  return order;
}

std::vector<Pixel> pixels_of(const InkGroups& ink, std::size_t group) {
  std::vector<Pixel> pixels;
  for (std::uint32_t e = ink.first[group]; e < ink.first[group + 1]; e++) {
    const std::uint8_t* lanes = &ink.bytes[std::size_t{e} * kLanes];
    pixels.emplace_back(ink.place[e], Bytes(lanes, lanes + kLanes));
  }
  std::sort(pixels.begin(), pixels.end());
  return pixels;
}

// By the definition: the pixels where any sample of the group has ink, each once; lanes past the last sample repeat it.
std::vector<Pixel> expected_pixels(const Pictures& pictures, const Order& order, std::size_t group) {
  const PatchGrid grid(pictures.shape);
  std::vector<Pixel> pixels;
  for (int place = 0; place < grid.patches() * kPatch; place++) {
    const int feature = grid.feature(place / kPatch, place % kPatch);
    if (feature < 0) continue;
    Bytes lanes;
    for (std::size_t s = group * kLanes; s < (group + 1) * kLanes; s++)
      lanes.push_back(pictures.images().byte_row(order[std::min(s, order.size() - 1)])[feature]);
    if (std::ranges::any_of(lanes, [](std::uint8_t pixel) { return pixel > 0; })) pixels.emplace_back(place, lanes);
  }
  return pixels;
}

void check_groups(const Pictures& pictures) {
  const Order order = order_of(pictures);
  const PatchImages packed = pack_patches(pictures.images(), PatchGrid(pictures.shape), order.data(), pictures.count, false, 1);
  const std::size_t groups = (order.size() + kLanes - 1) / kLanes;
  for (const int threads : {1, 3}) {
    CAPTURE(threads);
    const InkGroups ink = group_ink(packed, threads);
    REQUIRE(ink.first.size() == groups + 1);
    CHECK(ink.first.front() == 0);
    CHECK(ink.first.back() == ink.place.size());
    CHECK(ink.bytes.size() == ink.place.size() * kLanes + kInkAhead);
    for (std::size_t group = 0; group < groups; group++) REQUIRE(pixels_of(ink, group) == expected_pixels(pictures, order, group));
  }
}

constexpr Shape kShapes[] = {{1, 28, 28}, {1, 9, 9}};  // patches of neighbours; runs, the last of which goes past the image
constexpr std::uint32_t kSizes[] = {1, kLanes - 1, kLanes, 70 * kLanes + 5};  // the last: groups for several tasks, and a tail

template <class Check>
void for_pictures(std::uint32_t percent_inked, const Check& check) {
  CAPTURE(percent_inked);
  for (const Shape& shape : kShapes) {
    CAPTURE(shape.width);
    for (const std::uint32_t count : kSizes) {
      CAPTURE(count);
      check(make_pictures(shape, count, percent_inked));
    }
  }
}

}  // namespace

TEST_CASE("the order by likeness takes every sample once") {
  for (const std::uint32_t percent_inked : {0u, 3u, 100u}) {
    for_pictures(percent_inked, [](const Pictures& pictures) {
      Order order = order_of(pictures);
      std::sort(order.begin(), order.end());
      CHECK(order == in_turn(pictures.count));
    });
  }
}

TEST_CASE("samples that are all alike, blank or full, keep their order") {
  for (const std::uint32_t percent_inked : {0u, 100u})
    for_pictures(percent_inked, [](const Pictures& pictures) { CHECK(order_of(pictures) == in_turn(pictures.count)); });
}

TEST_CASE("samples that are alike share a group") {
  for (const std::uint32_t kinds : {2u, 3u, 33u}) {
    CAPTURE(kinds);
    const Order order = order_of(make_kinds(kinds));
    REQUIRE(order.size() == kinds * kLanes);
    for (std::size_t group = 0; group < kinds; group++) {
      std::set<std::uint32_t> found;
      for (std::size_t s = group * kLanes; s < (group + 1) * kLanes; s++) found.insert(order[s] % kinds);
      CHECK(found.size() == 1);
    }
  }
}

TEST_CASE("a group's pixels are those with ink in any of its samples, each once") {
  for (const std::uint32_t percent_inked : {0u, 3u, 100u}) for_pictures(percent_inked, check_groups);
}

}  // namespace digitcompress
