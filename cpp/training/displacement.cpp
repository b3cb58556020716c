#include "training/displacement.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace digitcompress {
namespace {

std::size_t radius_for(float sigma) { return static_cast<std::size_t>(std::ceil(3.0f * sigma)); }

Lane load(const float* from) {
  Lane values;
  std::memcpy(&values, from, sizeof values);
  return values;
}

}  // namespace

Displacement::Displacement(int height, int width)
    : x_(height, width),
      y_(height, width),
      height_(static_cast<std::size_t>(height)),
      width_(static_cast<std::size_t>(width)),
      lanes_((width_ + kLanes - 1) / kLanes),
      noise_((2 * height_ * width_ + 15) / 16 * 16),
      smooth_(height_ * lanes_) {}

void Displacement::reserve(float sigma) {
  const std::size_t radius = radius_for(sigma);
  weights_.reserve(radius + 1);
  padded_.reserve(height_ * (2 * radius + lanes_ * kLanes));
  rows_.reserve((height_ + 2 * radius) * lanes_);
}

void Displacement::smooth(float sigma, float strength) {
  make_weights(sigma);
  smooth_rows(noise_.data());
  smooth_columns(strength, x_);
  smooth_rows(noise_.data() + height_ * width_);
  smooth_columns(strength, y_);
}

void Displacement::make_weights(float sigma) {
  radius_ = radius_for(sigma);
  weights_.resize(radius_ + 1);
  double sum = 0.0;
  for (std::size_t k = 0; k <= radius_; k++) {
    const double distance = static_cast<double>(k) / static_cast<double>(sigma), weight = std::exp(-0.5 * distance * distance);
    weights_[k] = static_cast<float>(weight);
    sum += k == 0 ? weight : 2.0 * weight;
  }
  for (float& weight : weights_) weight = static_cast<float>(static_cast<double>(weight) / sum);
  padded_.assign(height_ * (2 * radius_ + lanes_ * kLanes), 0.0f);
  rows_.assign((height_ + 2 * radius_) * lanes_, Lane{});
}

// Both directions take one distance after the other, so that the additions to different places do not wait for each other.
void Displacement::smooth_rows(const std::uint8_t* noise) {
  const std::size_t stride = 2 * radius_ + lanes_ * kLanes;
  float* padded = padded_.data() + radius_;
  for (std::size_t y = 0; y < height_; y++) {
    for (std::size_t x = 0; x < width_; x++)
      padded[y * stride + x] = (static_cast<float>(noise[y * width_ + x]) - 127.5f) * (1.0f / 127.5f);
  }
  Lane* rows = rows_.data() + radius_ * lanes_;
  for (std::size_t k = 0; k <= radius_; k++) {
    const float weight = k == 0 ? 0.5f * weights_[0] : weights_[k];
    for (std::size_t y = 0; y < height_; y++) {
      for (std::size_t i = 0; i < lanes_; i++) {
        const float* centre = padded + y * stride + i * kLanes;
        const Lane sum = weight * (load(centre - k) + load(centre + k));
        rows[y * lanes_ + i] = k == 0 ? sum : rows[y * lanes_ + i] + sum;
      }
    }
  }
}

void Displacement::smooth_columns(float strength, BorderedImage& field) {
  const Lane* rows = rows_.data() + radius_ * lanes_;
  const std::size_t count = height_ * lanes_;
  for (std::size_t i = 0; i < count; i++) smooth_[i] = weights_[0] * rows[i];
  for (std::size_t k = 1; k <= radius_; k++) {
    const float weight = weights_[k];
    const Lane *above = rows - k * lanes_, *below = rows + k * lanes_;
    for (std::size_t i = 0; i < count; i++) smooth_[i] += weight * (above[i] + below[i]);
  }
  const auto* values = reinterpret_cast<const float*>(smooth_.data());
  for (std::size_t y = 0; y < height_; y++) {
    float* row = field.row(static_cast<int>(y));
    for (std::size_t x = 0; x < width_; x++) row[x] = strength * values[y * lanes_ * kLanes + x];
  }
}

}  // namespace digitcompress
