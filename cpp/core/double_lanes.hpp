#pragma once
#include <cstdint>
#include <utility>

#include "core/vector.hpp"

// Samples in the lanes of one register of float64.
namespace digitcompress {

inline constexpr int kDoubleLanes = kVectorBytes / 8;
using DoubleLane = Vector<double, kDoubleLanes>;
using LongLane = Vector<std::int64_t, kDoubleLanes>;

inline DoubleLane broadcast_double(double value) { return DoubleLane{} + value; }
inline double lane_sum(const DoubleLane& a) {
  double total = 0.0;
  for (int i = 0; i < kDoubleLanes; i++) total += a[i];
  return total;
}

// Nearest integer, halves to even; |a| must stay below 2^51.
inline DoubleLane round(const DoubleLane& a) {
  constexpr double kShift = 6755399441055744.0;  // 1.5 · 2^52: adding it leaves no bits for a fraction
  return (a + kShift) - kShift;
}

// Toward zero, for a >= 0.
inline DoubleLane truncate_positive(const DoubleLane& a) {
  const DoubleLane nearest = round(a);
  return nearest > a ? nearest - 1.0 : nearest;
}

namespace detail {

inline DoubleLane power_of_two(const LongLane& exponent) { return reinterpret_cast<DoubleLane>((exponent + 1023) << 52); }

template <int... kTerm>
inline DoubleLane horner(const DoubleLane& x, const double* coefficients, std::integer_sequence<int, kTerm...>) {
  DoubleLane sum = broadcast_double(coefficients[0]);
  ((sum = sum * x + coefficients[kTerm + 1]), ...);
  return sum;
}

}  // namespace detail

// e^a over the whole range, as the C library has it: to one or two units in the last place, infinite above 709.78, denormal and then zero
// below -708.4, NaN for NaN.
inline DoubleLane exp(const DoubleLane& a) {
  // 1 / k! for k = 13 … 0: the remainder on |r| <= ln 2 / 2 is below 5e-18.
  static constexpr double kInverseFactorials[] = {1.0 / 6227020800.0,
                                                  1.0 / 479001600.0,
                                                  1.0 / 39916800.0,
                                                  1.0 / 3628800.0,
                                                  1.0 / 362880.0,
                                                  1.0 / 40320.0,
                                                  1.0 / 5040.0,
                                                  1.0 / 720.0,
                                                  1.0 / 120.0,
                                                  1.0 / 24.0,
                                                  1.0 / 6.0,
                                                  0.5,
                                                  1.0,
                                                  1.0};
  constexpr double kShift = 6755399441055744.0;
  DoubleLane x = a < -760.0 ? broadcast_double(-760.0) : a;
  x = x > 720.0 ? broadcast_double(720.0) : x;
  const DoubleLane shifted = x * 1.4426950408889634 + kShift;
  const DoubleLane n = shifted - kShift;
  const DoubleLane r = (x - n * 6.93147180369123816490e-01) - n * 1.90821492927058770002e-10;  // ln 2 in two parts
  const LongLane exponent = reinterpret_cast<LongLane>(shifted) - reinterpret_cast<LongLane>(broadcast_double(kShift));
  const LongLane half = exponent >> 1;  // 2^n itself may be no normal number
  const DoubleLane fraction = detail::horner(r, kInverseFactorials, std::make_integer_sequence<int, 13>{});
  return fraction * detail::power_of_two(half) * detail::power_of_two(exponent - half);
}

}  // namespace digitcompress
