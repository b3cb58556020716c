#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "core/vector.hpp"

// Samples ride in the lanes: one vector holds one feature of kLanes samples.
namespace digitcompress {

inline constexpr int kLanes = kVectorBytes / 4 < 8 ? 8 : kVectorBytes / 4;  // SSE and NEON use two registers a lane vector
using Lane = Vector<float, kLanes>;
using IntLane = Vector<std::int32_t, kLanes>;

// The first `count` of neighbouring values, if there are so many lanes; the others are left as they are. A size that the compiler knows is
// one instruction, any other a call.
inline void load_lanes(Lane& lane, const float* from, int count) {
  if (count >= kLanes)
    std::memcpy(&lane, from, sizeof lane);
  else if (count > 0)
    std::memcpy(&lane, from, static_cast<std::size_t>(count) * sizeof(float));
}
inline void store_lanes(const Lane& lane, float* to, int count) {
  if (count >= kLanes)
    std::memcpy(to, &lane, sizeof lane);
  else if (count > 0)
    std::memcpy(to, &lane, static_cast<std::size_t>(count) * sizeof(float));
}

inline Lane broadcast(float value) { return value - Lane{}; }  // a sum with zeros is computed: it would turn -0 into 0
inline Lane max(const Lane& a, const Lane& b) { return a > b ? a : b; }
inline Lane min(const Lane& a, const Lane& b) { return a < b ? a : b; }
inline Lane abs(const Lane& a) { return reinterpret_cast<Lane>(reinterpret_cast<IntLane>(a) & 0x7fffffff); }

// One instruction a register, because the core is compiled with -fno-math-errno.
inline Lane sqrt(const Lane& a) {
  Lane root;
  for (int lane = 0; lane < kLanes; lane++) root[lane] = __builtin_sqrtf(a[lane]);
  return root;
}

// Nearest integer, halves to even; |a| must stay below 2^22.
inline Lane round(const Lane& a) {
  constexpr float kShift = 12582912.0f;  // 1.5 · 2^23: adding it leaves no bits for a fraction
  return (a + kShift) - kShift;
}

namespace detail {

template <int kStep, int... kIndex>
inline Lane swap_blocks(const Lane& a, std::integer_sequence<int, kIndex...>) {
  return __builtin_shufflevector(a, a, (kIndex ^ kStep)...);
}
template <int kStep, class Combine>
inline Lane fold(const Lane& a, const Combine& combine) {
  const Lane folded = combine(a, swap_blocks<kStep>(a, std::make_integer_sequence<int, kLanes>{}));
  if constexpr (kStep == 1)
    return folded;
  else
    return fold<kStep / 2>(folded, combine);
}

}  // namespace detail

inline float sum(const Lane& a) {
  return detail::fold<kLanes / 2>(a, [](const Lane& x, const Lane& y) { return x + y; })[0];
}
inline float largest(const Lane& a) {
  return detail::fold<kLanes / 2>(a, [](const Lane& x, const Lane& y) { return max(x, y); })[0];
}

namespace detail {

// Exchanges the off-diagonal blocks of size kStep between two vectors.
template <int kStep, int... kIndex>
inline void exchange_blocks(Lane& a, Lane& b, std::integer_sequence<int, kIndex...>) {
  const Lane upper = __builtin_shufflevector(a, b, ((kIndex & kStep) == 0 ? kIndex : kLanes + (kIndex ^ kStep))...);
  b = __builtin_shufflevector(a, b, ((kIndex & kStep) == 0 ? (kIndex | kStep) : kLanes + kIndex)...);
  a = upper;
}

template <int kStep>
inline void transpose_step(Lane (&block)[kLanes]) {
#pragma GCC unroll 16
  for (int i = 0; i < kLanes; i++) {
    if ((i & kStep) == 0) exchange_blocks<kStep>(block[i], block[i + kStep], std::make_integer_sequence<int, kLanes>{});
  }
  if constexpr (kStep > 1) transpose_step<kStep / 2>(block);
}

}  // namespace detail

// Rows become columns.
inline void transpose(Lane (&block)[kLanes]) { detail::transpose_step<kLanes / 2>(block); }

namespace detail {

template <int kStep>
inline void sum_step(Lane (&block)[kLanes]) {
#pragma GCC unroll 16
  for (int i = 0; i < kStep; i++) {
    exchange_blocks<kStep>(block[i], block[i + kStep], std::make_integer_sequence<int, kLanes>{});
    block[i] += block[i + kStep];
  }
  if constexpr (kStep > 1) sum_step<kStep / 2>(block);
}

}  // namespace detail

// The sum of each row, in the lane of its number: the same bits as sum(), for less work.
inline Lane row_sums(Lane (&block)[kLanes]) {
  detail::sum_step<kLanes / 2>(block);
  return block[0];
}

// e^a to about one unit in the last place; arguments are clamped to where the result is a normal number.
inline Lane exp(const Lane& a) {
  const Lane x = min(max(a, broadcast(-87.0f)), broadcast(88.0f));
  const Lane n = round(x * 1.44269504f);
  const Lane r = (x - n * 0.693359375f) + n * 2.12194440e-4f;  // ln 2 in two parts
  Lane p = broadcast(1.9875691500e-4f);
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  return p * reinterpret_cast<Lane>((__builtin_convertvector(n, IntLane) + 127) << 23);
}

// Natural logarithm of positive normal numbers.
inline Lane log(const Lane& a) {
  const IntLane bits = reinterpret_cast<IntLane>(a);
  Lane m = reinterpret_cast<Lane>((bits & 0x007fffff) | 0x3f000000);  // in [0.5, 1)
  Lane e = __builtin_convertvector((bits >> 23) - 126, Lane);
  const auto small = m < 0.707106781f;
  e = small ? e - 1.0f : e;
  m = small ? m + m - 1.0f : m - 1.0f;
  const Lane m2 = m * m;
  Lane p = broadcast(7.0376836292e-2f);
  p = p * m - 1.1514610310e-1f;
  p = p * m + 1.1676998740e-1f;
  p = p * m - 1.2420140846e-1f;
  p = p * m + 1.4249322787e-1f;
  p = p * m - 1.6668057665e-1f;
  p = p * m + 2.0000714765e-1f;
  p = p * m - 2.4999993993e-1f;
  p = p * m + 3.3333331174e-1f;
  p = p * m * m2 - e * 2.12194440e-4f - m2 * 0.5f;
  return m + p + e * 0.693359375f;
}

inline Lane sigmoid(const Lane& a) { return 1.0f / (1.0f + exp(-a)); }

inline Lane tanh(const Lane& a) {
  const Lane x2 = a * a;  // the exponential form cancels near zero, so a polynomial serves there
  Lane p = broadcast(-5.70498872745e-3f);
  p = p * x2 + 2.06390887954e-2f;
  p = p * x2 - 5.37397155531e-2f;
  p = p * x2 + 1.33314422036e-1f;
  p = p * x2 - 3.33332819422e-1f;
  const Lane near_zero = p * x2 * a + a;
  return abs(a) < 0.625f ? near_zero : 1.0f - 2.0f / (exp(a + a) + 1.0f);
}

}  // namespace digitcompress
