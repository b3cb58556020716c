#pragma once
#include <algorithm>
#include <cstddef>
#include <cstring>

#include "core/blocks.hpp"
#include "core/double_lanes.hpp"

// A dense layer on images given as rows of float64; weights lie row by row, one row for each unit. Results and their gradients lie in
// groups of kDoubleLanes samples, [group][unit][sample within the group], as those of patch_dense.hpp.
namespace digitcompress {

struct ImageRows {
  const double* values;
  int samples, features;

  [[nodiscard]] const double* row(int sample) const { return values + std::ptrdiff_t{sample} * features; }
};

namespace detail {

inline constexpr int kRowUnits = 10;  // whose sums stay in registers together

inline DoubleLane load(const double* values) {
  DoubleLane lane;
  std::memcpy(&lane, values, sizeof lane);
  return lane;
}

template <int kBlock>
void row_forward(const double* row, int features, const double* weights, const double* bias, double* output) {
  DoubleLane sum[kBlock];
#pragma GCC unroll 16
  for (int u = 0; u < kBlock; u++) sum[u] = DoubleLane{};
  int i = 0;
  for (; i + kDoubleLanes <= features; i += kDoubleLanes) {
    const DoubleLane pixels = load(row + i);
#pragma GCC unroll 16
    for (int u = 0; u < kBlock; u++) sum[u] += pixels * load(weights + std::ptrdiff_t{u} * features + i);
  }
  for (int u = 0; u < kBlock; u++) {
    double total = lane_sum(sum[u]) + bias[u];
    for (int rest = i; rest < features; rest++) total += row[rest] * weights[std::ptrdiff_t{u} * features + rest];
    output[u * kDoubleLanes] = total;
  }
}

// Adds the products of one group's gradients [unit][sample] with its rows; a row past the last repeats it and has no gradient.
inline void group_backward(const double* const* rows, int features, const double* gradients, int units, double* weight_gradient) {
  int i = 0;
  for (; i + kDoubleLanes <= features; i += kDoubleLanes) {
    DoubleLane pixels[kDoubleLanes];
#pragma GCC unroll 8
    for (int s = 0; s < kDoubleLanes; s++) pixels[s] = load(rows[s] + i);
    for (int u = 0; u < units; u++) {
      double* target = weight_gradient + std::ptrdiff_t{u} * features + i;
      DoubleLane sum = load(target);
#pragma GCC unroll 8
      for (int s = 0; s < kDoubleLanes; s++) sum += pixels[s] * gradients[u * kDoubleLanes + s];
      std::memcpy(target, &sum, sizeof sum);
    }
  }
  for (; i < features; i++) {
    for (int u = 0; u < units; u++) {
      for (int s = 0; s < kDoubleLanes; s++)
        weight_gradient[std::ptrdiff_t{u} * features + i] += rows[s][i] * gradients[u * kDoubleLanes + s];
    }
  }
}

}  // namespace detail

// output = weights · pixels + bias; lanes past the last sample repeat it.
inline void row_dense_forward(const ImageRows& images, const double* weights, const double* bias, int units, double* output) {
  for (int s = 0; s < (images.samples + kDoubleLanes - 1) / kDoubleLanes * kDoubleLanes; s++) {
    const double* row = images.row(std::min(s, images.samples - 1));
    double* place = output + s / kDoubleLanes * units * kDoubleLanes + s % kDoubleLanes;
    for_blocks<detail::kRowUnits, 5, 2, 1>(0, units, [&]<int kBlock>(int unit) {
      detail::row_forward<kBlock>(row, images.features, weights + std::ptrdiff_t{unit} * images.features, bias + unit,
                                  place + unit * kDoubleLanes);
    });
  }
}

// weight_gradient += outer products of output gradients and pixels; gradients of lanes past the last sample must be zero.
inline void row_dense_backward(const ImageRows& images, const double* output_gradient, int units, double* weight_gradient) {
  const double* rows[kDoubleLanes];
  for (int first = 0; first < images.samples; first += kDoubleLanes) {
    for (int s = 0; s < kDoubleLanes; s++) rows[s] = images.row(std::min(first + s, images.samples - 1));
    detail::group_backward(rows, images.features, output_gradient + std::ptrdiff_t{first} * units, units, weight_gradient);
  }
}

}  // namespace digitcompress
