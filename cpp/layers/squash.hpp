#pragma once
#include "core/lanes.hpp"

// The squash of Efficient-CapsNet: v = (1 - e^-n) s / n with n = |s|, so that a capsule's length lies in [0, 1).
namespace digitcompress {

// (1 - e^-n) / n, and its derivative over n; by their series near zero, where the differences cancel.
struct SquashFactor {
  Lane value, slope;

  explicit SquashFactor(const Lane& n) {
    const Lane near_value = ((((((n / 5040.0f - 1.0f / 720) * n + 1.0f / 120) * n - 1.0f / 24) * n + 1.0f / 6) * n - 0.5f) * n) + 1.0f;
    const Lane near_rise = (((((n / -5760.0f + 1.0f / 840) * n - 1.0f / 144) * n + 1.0f / 30) * n - 0.125f) * n + 1.0f / 3) * n - 0.5f;
    const Lane decay = exp(-n), safe = max(n, broadcast(1e-18f));
    value = n < 0.5f ? near_value : (1.0f - decay) / safe;
    slope = (n < 0.5f ? near_rise : (decay * (n + 1.0f) - 1.0f) / (safe * safe)) / safe;
  }
};

inline Lane dot(const Lane* a, const Lane* b, int size) {
  Lane total{};
  for (int i = 0; i < size; i++) total += a[i] * b[i];
  return total;
}

// `to` may be `s`.
inline void squash(const Lane* s, int size, Lane* to) {
  const SquashFactor factor(sqrt(dot(s, s, size)));
  for (int i = 0; i < size; i++) to[i] = factor.value * s[i];
}

// From the gradient of the squashed vector to that of s; `to` may be `s`.
inline void squash_gradient(const Lane* s, int size, const Lane* gradient, Lane* to) {
  const SquashFactor factor(sqrt(dot(s, s, size)));
  const Lane pull = factor.slope * dot(s, gradient, size);
  for (int i = 0; i < size; i++) to[i] = factor.value * gradient[i] + pull * s[i];
}

}  // namespace digitcompress
