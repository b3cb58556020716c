#include "layers/ink_groups.hpp"

#include <algorithm>
#include <bit>
#include <numeric>
#include <span>
#include <utility>

#include "core/thread_pool.hpp"

namespace digitcompress {
namespace {

// Halves a set of samples by which of two that are far apart is nearer, and the halves again, down to groups of kLanes.
// The distance of two samples is the number of patches with ink in only one of them. Equals are ranked by their row: the result depends
// on nothing but the images.
class Likeness {
 public:
  explicit Likeness(const PatchImages& images) : masks_(images) {}

  void arrange(std::span<std::uint32_t> rows) {
    if (rows.size() <= kLanes) {
      std::sort(rows.begin(), rows.end());
      return;
    }
    const std::uint32_t one = farthest(rows, *std::min_element(rows.begin(), rows.end())), other = farthest(rows, one);
    ranked_.clear();
    for (const std::uint32_t row : rows) ranked_.emplace_back(distance(row, one) - distance(row, other), row);
    const std::size_t groups = (rows.size() + kLanes - 1) / kLanes, half = (groups + 1) / 2 * kLanes;
    std::nth_element(ranked_.begin(), ranked_.begin() + static_cast<std::ptrdiff_t>(half), ranked_.end());
    std::transform(ranked_.begin(), ranked_.end(), rows.begin(), [](const auto& ranked) { return ranked.second; });
    arrange(rows.first(half));
    arrange(rows.subspan(half));
  }

 private:
  [[nodiscard]] int distance(std::uint32_t a, std::uint32_t b) const {
    int differing = 0;
    for (std::size_t word = 0; word < masks_.words; word++) differing += std::popcount(masks_.of(a)[word] ^ masks_.of(b)[word]);
    return differing;
  }

  [[nodiscard]] std::uint32_t farthest(std::span<const std::uint32_t> rows, std::uint32_t from) const {
    std::pair<int, std::uint32_t> best{-1, 0};
    for (const std::uint32_t row : rows) {
      const int far = distance(row, from);
      if (far > best.first || (far == best.first && row < best.second)) best = {far, row};
    }
    return best.second;
  }

  InkMasks masks_;
  std::vector<std::pair<int, std::uint32_t>> ranked_;
};

// A group's pixels, all of them.
class Canvas {
 public:
  explicit Canvas(int patches) : inked_(static_cast<std::size_t>(patches) * kPatch), bytes_(inked_.size() * kLanes) {}

  void draw(const PatchImages& images, std::size_t group) {
    std::fill(inked_.begin(), inked_.end(), std::uint8_t{0});
    std::fill(bytes_.begin(), bytes_.end(), std::uint8_t{0});
    for (std::size_t lane = 0; lane < kLanes; lane++)
      draw_sample(images.by_sample, std::min(group * kLanes + lane, static_cast<std::size_t>(images.count) - 1), lane);
  }

  [[nodiscard]] std::uint32_t inked() const {
    return static_cast<std::uint32_t>(std::count_if(inked_.begin(), inked_.end(), [](std::uint8_t any) { return any != 0; }));
  }

  void write(std::size_t entry, InkGroups& ink) const {
    for (std::size_t place = 0; place < inked_.size(); place++) {
      if (inked_[place] == 0) continue;
      ink.place[entry] = static_cast<std::uint32_t>(place);
      std::copy_n(&bytes_[place * kLanes], kLanes, &ink.bytes[entry * kLanes]);
      entry++;
    }
  }

 private:
  void draw_sample(const PatchImages::BySample& entries, std::size_t sample, std::size_t lane) {
    for (std::size_t e = entries.first[sample]; e < entries.first[sample + 1]; e++) {
      for (std::size_t i = 0; i < kPatch; i++) {
        const std::size_t place = std::size_t{entries.patch[e]} * kPatch + i;
        const std::uint8_t pixel = entries.pixels[e * kPatch + i];
        bytes_[place * kLanes + lane] = pixel;
        inked_[place] |= pixel;
      }
    }
  }

  std::vector<std::uint8_t> inked_, bytes_;  // [place], [place][lane]
};

}  // namespace

std::vector<std::uint32_t> order_by_likeness(const PatchImages& images) {
  std::vector<std::uint32_t> order(static_cast<std::size_t>(images.count));
  std::iota(order.begin(), order.end(), 0u);
  Likeness(images).arrange(order);
  return order;
}

InkGroups group_ink(const PatchImages& images, int threads) {
  constexpr std::size_t kGroupsOfTask = 64;
  const std::size_t groups = (static_cast<std::size_t>(images.count) + kLanes - 1) / kLanes;
  const auto for_groups = [&](const auto& use) {
    parallel_for(static_cast<int>((groups + kGroupsOfTask - 1) / kGroupsOfTask), threads, [&](int task) {
      Canvas canvas(images.patches);
      const std::size_t begin = static_cast<std::size_t>(task) * kGroupsOfTask;
      for (std::size_t group = begin; group < std::min(groups, begin + kGroupsOfTask); group++) {
        canvas.draw(images, group);
        use(group, canvas);
      }
    });
  };
  InkGroups ink;
  ink.first.assign(groups + 1, 0);
  for_groups([&](std::size_t group, const Canvas& canvas) { ink.first[group + 1] = canvas.inked(); });
  std::partial_sum(ink.first.begin(), ink.first.end(), ink.first.begin());
  ink.place.resize(ink.first.back());
  ink.bytes.resize(std::size_t{ink.first.back()} * kLanes + kInkAhead);
  for_groups([&](std::size_t group, const Canvas& canvas) { canvas.write(ink.first[group], ink); });
  return ink;
}

}  // namespace digitcompress
