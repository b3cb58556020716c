#include "training/warp.hpp"

namespace digitcompress {

BorderedImage::BorderedImage(int height, int width)
    : height_(height), width_(width), values_(static_cast<std::size_t>(height + 3) * static_cast<std::size_t>(width + 3), 0.0f) {}

BilinearReader::BilinearReader(std::size_t lanes) : places_(lanes * kLanes), right_(lanes), down_(lanes) {
  corners_.fill(AlignedVector<Lane>(lanes));
}

void BilinearReader::place(const BorderedImage& image, const AlignedVector<Lane>& x, const AlignedVector<Lane>& y) {
  const auto last_x = broadcast(static_cast<float>(image.width() + 1)), last_y = broadcast(static_cast<float>(image.height() + 1));
  auto* places = reinterpret_cast<IntLane*>(places_.data());
  for (std::size_t i = 0; i < x.size(); i++) {
    // From the border's corner, so that truncation is rounding down.
    const Lane from_left = min(max(x[i] + 1.0f, Lane{}), last_x), from_top = min(max(y[i] + 1.0f, Lane{}), last_y);
    const IntLane column = __builtin_convertvector(from_left, IntLane), row = __builtin_convertvector(from_top, IntLane);
    right_[i] = from_left - __builtin_convertvector(column, Lane);
    down_[i] = from_top - __builtin_convertvector(row, Lane);
    places[i] = row * image.stride() + column;
  }
}

void BilinearReader::read(const BorderedImage& image, const AlignedVector<Lane>& x, const AlignedVector<Lane>& y, Lane* values) {
  place(image, x, y);
  std::array<float*, 4> corners{};
  for (std::size_t c = 0; c < 4; c++) corners[c] = reinterpret_cast<float*>(corners_[c].data());
  for (std::size_t p = 0; p < places_.size(); p++) {
    const float *above = image.corner() + places_[p], *below = above + image.stride();
    corners[0][p] = above[0], corners[1][p] = above[1], corners[2][p] = below[0], corners[3][p] = below[1];
  }
  for (std::size_t i = 0; i < x.size(); i++) {
    const Lane above = corners_[0][i] + right_[i] * (corners_[1][i] - corners_[0][i]);
    const Lane below = corners_[2][i] + right_[i] * (corners_[3][i] - corners_[2][i]);
    values[i] = above + down_[i] * (below - above);
  }
}

namespace {

std::size_t lanes_for(int height, int width) { return static_cast<std::size_t>((height * width + kLanes - 1) / kLanes); }

}  // namespace

Warp::Warp(int height, int width)
    : height_(height),
      width_(width),
      x_(lanes_for(height, width)),
      y_(x_.size()),
      start_x_(x_.size()),
      start_y_(x_.size()),
      shift_x_(x_.size()),
      shift_y_(x_.size()),
      reader_(x_.size()) {
  for (int p = 0; p < height * width; p++) {
    const int row = p / width, column = p % width;
    start_x_[static_cast<std::size_t>(p / kLanes)][p % kLanes] = static_cast<float>(column);
    start_y_[static_cast<std::size_t>(p / kLanes)][p % kLanes] = static_cast<float>(row);
  }
}

void Warp::reset() {
  x_ = start_x_;
  y_ = start_y_;
}

void Warp::transform(const AffineMap& map) {
  for (std::size_t i = 0; i < x_.size(); i++) {
    const Lane x = x_[i], y = y_[i];
    x_[i] = map.a * x + map.b * y + map.c;
    y_[i] = map.d * x + map.e * y + map.f;
  }
}

void Warp::displace(const BorderedImage& x_field, const BorderedImage& y_field) {
  reader_.read(x_field, x_, y_, shift_x_.data());
  reader_.read(y_field, x_, y_, shift_y_.data());
  for (std::size_t i = 0; i < x_.size(); i++) {
    x_[i] += shift_x_[i];
    y_[i] += shift_y_[i];
  }
}

}  // namespace digitcompress
