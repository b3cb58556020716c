#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "training/warp.hpp"

namespace digitcompress {

// A smooth random displacement along both axes, and the memory to make it in.
class Displacement {
 public:
  Displacement(int height, int width);

  // Makes room for this standard deviation.
  void reserve(float sigma);
  // Noise for x, then for y, row by row: a byte each, for -1 … 1. There is room for whole groups of 16.
  [[nodiscard]] std::span<std::uint8_t> noise() { return noise_; }
  // Smooths the noise by a Gaussian, as if there were zeros around it, and multiplies it by `strength`.
  void smooth(float sigma, float strength);

  [[nodiscard]] const BorderedImage& x() const { return x_; }
  [[nodiscard]] const BorderedImage& y() const { return y_; }

 private:
  void make_weights(float sigma);
  void smooth_rows(const std::uint8_t* noise);
  void smooth_columns(float strength, BorderedImage& field);

  BorderedImage x_, y_;
  std::size_t height_, width_, lanes_;  // lanes a row
  std::size_t radius_ = 0;
  AlignedVector<std::uint8_t> noise_;
  std::vector<float> weights_;   // of distances 0 … radius
  AlignedVector<float> padded_;  // rows of noise between zeros
  AlignedVector<Lane> rows_;     // smoothed along x, between rows of zeros
  AlignedVector<Lane> smooth_;   // and along y
};

}  // namespace digitcompress
