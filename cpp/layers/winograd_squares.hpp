#pragma once
#include <algorithm>

#include "layers/window_problem.hpp"
#include "layers/winograd_transform.hpp"

namespace digitcompress::winograd {

// Squares at a time: enough to use a weight often, few enough for all their values to stay in the cache.
inline constexpr int kTogether = 4;

// A square of kExtent × kExtent places with its corner at top, left, of which some may lie outside the image.
template <int kExtent, class Value>
class Cutout {
 public:
  Cutout(Value* plane, const Shape& image, int top, int left)
      : corner_(plane + static_cast<std::ptrdiff_t>(top) * image.width + left),
        width_(image.width),
        rows_{std::max(0, -top), std::min(kExtent, image.height - top)},
        columns_{std::max(0, -left), std::min(kExtent, image.width - left)} {}

  // Asks for the same square `plane` lanes further: the hardware does not see that far.
  void prefetch(std::ptrdiff_t plane) const {
    for (int y = rows_.first; y < rows_.stop; y++) {
#pragma GCC unroll 6
      for (int x = 0; x < kExtent; x++) __builtin_prefetch(corner_ + plane + y * width_ + x);
    }
  }
  // Zeros outside.
  void read(int x, Lane (&column)[kExtent]) const {
    const bool inside = columns_.first <= x && x < columns_.stop;
#pragma GCC unroll 6
    for (int y = 0; y < kExtent; y++) column[y] = inside && rows_.first <= y && y < rows_.stop ? corner_[y * width_ + x] : Lane{};
  }
  // Calls use(x, place, value) for what lies inside.
  template <class Use>
  void write(int y, const Lane (&row)[kExtent], const Use& use) const {
    if (y < rows_.first || y >= rows_.stop) return;
#pragma GCC unroll 6
    for (int x = 0; x < kExtent; x++) {
      if (columns_.first <= x && x < columns_.stop) use(x, corner_[y * width_ + x], row[x]);
    }
  }

 private:
  Value* corner_;
  std::ptrdiff_t width_;
  Interval rows_, columns_;
};

// Squares of kSide × kSide places that cover the smaller image, and those of kPoints × kPoints of the larger one that they are sums of.
// Items are the squares of all samples: those of a group follow each other.
template <int kKernel>
struct Squares {
  static constexpr int kSide = kPoints + 1 - kKernel;
  Shape smaller, larger;
  int padding, columns, count;  // count: of one sample

  explicit Squares(const WindowSides& sides)
      : smaller(sides.smaller),
        larger(sides.larger),
        padding(sides.window.padding),
        columns((smaller.width + kSide - 1) / kSide),
        count(columns * ((smaller.height + kSide - 1) / kSide)) {}
  [[nodiscard]] int group(int item) const { return item / count; }
  [[nodiscard]] std::ptrdiff_t smaller_plane() const { return static_cast<std::ptrdiff_t>(smaller.height) * smaller.width; }
  [[nodiscard]] std::ptrdiff_t larger_plane() const { return static_cast<std::ptrdiff_t>(larger.height) * larger.width; }
  // Of the item's group of samples.
  template <class Value>
  [[nodiscard]] Cutout<kSide, Value> smaller_square(Value* images, int channel, int item) const {
    return {images + channel * smaller_plane(), smaller, top(item), left(item)};
  }
  template <class Value>
  [[nodiscard]] Cutout<kPoints, Value> larger_square(Value* images, int channel, int item) const {
    return {images + channel * larger_plane(), larger, top(item) - padding, left(item) - padding};
  }
  // How many places at the start of row y of the larger square also belong to squares of items before this one.
  [[nodiscard]] int shared_places(int item, int y) const {
    constexpr int kShared = kPoints - kSide;
    if (top(item) > 0 && y < kShared) return kPoints;
    return left(item) > 0 ? kShared : 0;
  }

 private:
  [[nodiscard]] int top(int item) const { return item % count / columns * kSide; }
  [[nodiscard]] int left(int item) const { return item % count % columns * kSide; }
};

}  // namespace digitcompress::winograd
