#pragma once
#include "core/lanes.hpp"

// Minimal filtering after Winograd (1980): a product of polynomials is the product of their values at enough points. By 36 multiplications
// a channel, squares of 6 × 6 inputs give 4 × 4 outputs of a 3 × 3 kernel, where the plain sum needs 144, or 2 × 2 of a 5 × 5 kernel, where
// it needs 100. Points are 0, 1, -1, 2, -2 and infinity; the matrices are those of Lavin and Gray, "Fast algorithms for convolutional
// neural networks", CVPR 2016.
namespace digitcompress::winograd {

inline constexpr int kPoints = 6, kArea = kPoints * kPoints;

// One line of a transform: kFrom values become kTo.

// Values at the points of a polynomial with kCount coefficients: the gradients of outputs.
template <int kCount>
struct Evaluate {
  static constexpr int kFrom = kCount, kTo = kPoints;
  static void apply(const Lane (&p)[kFrom], Lane (&at)[kTo]) {
    Lane even[2], odd[2];  // of the points ±1 and ±2
#pragma GCC unroll 2
    for (int point = 0; point < 2; point++) {
      const float square = point == 0 ? 1.0f : 4.0f;
      constexpr int kLast = kCount - 1;
      even[point] = p[kLast - kLast % 2], odd[point] = p[kLast - 1 + kLast % 2];
#pragma GCC unroll 2
      for (int i = kLast - kLast % 2 - 2; i >= 0; i -= 2) even[point] = even[point] * square + p[i];
#pragma GCC unroll 2
      for (int i = kLast - 1 + kLast % 2 - 2; i >= 0; i -= 2) odd[point] = odd[point] * square + p[i];
    }
    at[0] = p[0], at[5] = p[kCount - 1];
    at[1] = even[0] + odd[0], at[2] = even[0] - odd[0];
    at[3] = even[1] + 2.0f * odd[1], at[4] = even[1] - 2.0f * odd[1];
  }
};

// Its transpose: outputs.
template <int kCount>
struct Collect {
  static constexpr int kFrom = kPoints, kTo = kCount;
  static void apply(const Lane (&at)[kFrom], Lane (&p)[kTo]) {
    const Lane sum[2] = {at[1] + at[2], at[3] + at[4]}, difference[2] = {at[1] - at[2], at[3] - at[4]};
#pragma GCC unroll 6
    for (int i = 0; i < kCount; i++) {
      const float power = static_cast<float>(1 << i);
      p[i] = i % 2 == 0 ? sum[0] + power * sum[1] : difference[0] + power * difference[1];
    }
    p[0] += at[0], p[kCount - 1] += at[5];
  }
};

// What the inverse of the evaluation at each point is divided by.
inline constexpr float kScale[kPoints] = {1.0f / 4, -1.0f / 6, -1.0f / 6, 1.0f / 24, 1.0f / 24, 1.0f};

// Kernels.
template <int kCount>
struct EvaluateKernel {
  static constexpr int kFrom = kCount, kTo = kPoints;
  static void apply(const Lane (&p)[kFrom], Lane (&at)[kTo]) {
    Evaluate<kFrom>::apply(p, at);
#pragma GCC unroll 6
    for (int i = 0; i < kPoints; i++) at[i] *= kScale[i];
  }
};

// Its transpose: the gradients of kernels.
template <int kCount>
struct CollectKernel {
  static constexpr int kFrom = kPoints, kTo = kCount;
  static void apply(const Lane (&at)[kFrom], Lane (&p)[kTo]) {
    Lane scaled[kPoints];
#pragma GCC unroll 6
    for (int i = 0; i < kPoints; i++) scaled[i] = at[i] * kScale[i];
    Collect<kTo>::apply(scaled, p);
  }
};

// Inputs.
struct Spread {
  static constexpr int kFrom = kPoints, kTo = kPoints;
  static void apply(const Lane (&d)[kFrom], Lane (&at)[kTo]) {
    const Lane even = d[4] - 4.0f * d[2], odd = d[3] - 4.0f * d[1], outer = d[4] - d[2], inner = 2.0f * (d[3] - d[1]);
    at[0] = 4.0f * d[0] - 5.0f * d[2] + d[4];
    at[1] = even + odd, at[2] = even - odd;
    at[3] = outer + inner, at[4] = outer - inner;
    at[5] = 4.0f * d[1] - 5.0f * d[3] + d[5];
  }
};

// Its transpose: the gradients of inputs.
struct Gather {
  static constexpr int kFrom = kPoints, kTo = kPoints;
  static void apply(const Lane (&at)[kFrom], Lane (&d)[kTo]) {
    const Lane even = at[1] + at[2], odd = at[1] - at[2], outer = at[3] + at[4], inner = 2.0f * (at[3] - at[4]);
    d[0] = 4.0f * at[0];
    d[1] = 4.0f * (at[5] - odd) - inner;
    d[2] = -5.0f * at[0] - 4.0f * even - outer;
    d[3] = odd + inner - 5.0f * at[5];
    d[4] = at[0] + even + outer;
    d[5] = at[5];
  }
};

// Both lines of a square: read(x, column) gives each column, write(y, row) takes each row of what becomes of it.
template <class Line, class Read, class Write>
inline void transform(const Read& read, const Write& write) {
  Lane half[Line::kTo][Line::kFrom];
  for (int x = 0; x < Line::kFrom; x++) {
    Lane column[Line::kFrom], values[Line::kTo];
    read(x, column);
    Line::apply(column, values);
#pragma GCC unroll 6
    for (int y = 0; y < Line::kTo; y++) half[y][x] = values[y];
  }
  for (int y = 0; y < Line::kTo; y++) {
    Lane row[Line::kTo];
    Line::apply(half[y], row);
    write(y, row);
  }
}

// A square of kSide × kSide values that lie `step` apart.
template <int kSide, class Value>
struct Square {
  Value* first;
  std::ptrdiff_t step;

  void read(int x, Lane (&column)[kSide]) const {
#pragma GCC unroll 6
    for (int y = 0; y < kSide; y++) column[y] = first[(y * kSide + x) * step];
  }
  void write(int y, const Lane (&row)[kSide]) const {
#pragma GCC unroll 6
    for (int x = 0; x < kSide; x++) first[(y * kSide + x) * step] = row[x];
  }
};

}  // namespace digitcompress::winograd
