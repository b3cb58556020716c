#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/lanes.hpp"
#include "core/vector.hpp"

// Where each pixel of a changed image comes from, and bilinear reading from there.
namespace digitcompress {

// A grey image with a border of zeros wide enough that any place can be read once it is clamped to the border.
class BorderedImage {
 public:
  BorderedImage(int height, int width);

  [[nodiscard]] int height() const { return height_; }
  [[nodiscard]] int width() const { return width_; }
  [[nodiscard]] int stride() const { return width_ + 3; }
  [[nodiscard]] float* row(int y) { return values_.data() + static_cast<std::ptrdiff_t>(y + 1) * stride() + 1; }
  // From the corner of the border.
  [[nodiscard]] const float* corner() const { return values_.data(); }

 private:
  int height_, width_;
  std::vector<float> values_;
};

// Bilinear values at many places (x, y), in pixels from the centre of the first; outside the image everything is zero.
class BilinearReader {
 public:
  explicit BilinearReader(std::size_t lanes);
  void read(const BorderedImage& image, const AlignedVector<Lane>& x, const AlignedVector<Lane>& y, Lane* values);

 private:
  void place(const BorderedImage& image, const AlignedVector<Lane>& x, const AlignedVector<Lane>& y);

  AlignedVector<std::int32_t> places_;  // of the upper left of the four neighbours
  AlignedVector<Lane> right_, down_;    // how far the place is from it, 0..1
  std::array<AlignedVector<Lane>, 4> corners_;
};

// Maps (x, y) to (a x + b y + c, d x + e y + f).
struct AffineMap {
  float a, b, c, d, e, f;
};

// For each pixel of a height × width image, row by row, its place in the source image.
class Warp {
 public:
  Warp(int height, int width);

  void reset();
  void transform(const AffineMap& map);
  // Adds what the fields say at the places so far.
  void displace(const BorderedImage& x_field, const BorderedImage& y_field);
  // Writes the image as it looks after the warp; values has room for lanes() · kLanes.
  void read(const BorderedImage& source, Lane* values) { reader_.read(source, x_, y_, values); }

  [[nodiscard]] int height() const { return height_; }
  [[nodiscard]] int width() const { return width_; }
  [[nodiscard]] std::size_t lanes() const { return x_.size(); }

 private:
  int height_, width_;
  AlignedVector<Lane> x_, y_, start_x_, start_y_, shift_x_, shift_y_;
  BilinearReader reader_;
};

}  // namespace digitcompress
