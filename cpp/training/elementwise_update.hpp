#pragma once
#include <array>
#include <cstddef>
#include <cstring>
#include <span>

#include "core/lanes.hpp"

namespace digitcompress {

// Sums of gradients, and what makes means of them.
struct ScaledGradient {
  const float* sums;
  float scale;
};

namespace detail {

// Not inlined, so that there is one piece of code: two copies could fuse a product with a different sum, and round differently.
template <std::size_t kSlots, class Rule>
[[gnu::noinline]] Lane update_lanes(const ScaledGradient& gradient, float* parameter, const std::array<float*, kSlots>& state,
                                    std::size_t lanes, const Rule& rule) {
  Lane check{};
  for (std::size_t i = 0; i < lanes * kLanes; i += kLanes) {
    Lane g, p;
    std::array<Lane, kSlots> slots{};
    std::memcpy(&g, gradient.sums + i, sizeof g);
    std::memcpy(&p, parameter + i, sizeof p);
    for (std::size_t s = 0; s < kSlots; s++) std::memcpy(&slots[s], state[s] + i, sizeof(Lane));
    rule(g * gradient.scale, p, slots);
    check += p * 0.0f;  // infinities and NaNs become NaN, and stay it
    std::memcpy(parameter + i, &p, sizeof p);
    for (std::size_t s = 0; s < kSlots; s++) std::memcpy(state[s] + i, &slots[s], sizeof(Lane));
  }
  return check;
}

}  // namespace detail

// Calls rule(gradient, parameter, state) on kLanes elements after the other; `parameter` and the kSlots arrays of `state` are updated in
// place. The last elements go through the same instructions as all others, so an element's bits do not depend on where a range was cut.
// Returns whether the parameter is still finite.
template <std::size_t kSlots, class Rule>
bool update_elements(const ScaledGradient& gradient, std::span<float> parameter, std::span<float* const> state, const Rule& rule) {
  std::array<float*, kSlots> places{};
  for (std::size_t s = 0; s < kSlots; s++) places[s] = state[s];
  const std::size_t lanes = parameter.size() / kLanes, first = lanes * kLanes, bytes = (parameter.size() - first) * sizeof(float);
  Lane check = detail::update_lanes<kSlots>(gradient, parameter.data(), places, lanes, rule);
  if (bytes > 0) {
    float values[kSlots + 2][kLanes] = {};
    std::array<float*, kSlots> padded{};
    std::memcpy(values[0], gradient.sums + first, bytes);
    std::memcpy(values[1], parameter.data() + first, bytes);
    for (std::size_t s = 0; s < kSlots; s++) std::memcpy(padded[s] = values[s + 2], places[s] + first, bytes);
    check += detail::update_lanes<kSlots>({values[0], gradient.scale}, values[1], padded, 1, rule);
    std::memcpy(parameter.data() + first, values[1], bytes);
    for (std::size_t s = 0; s < kSlots; s++) std::memcpy(places[s] + first, padded[s], bytes);
  }
  return sum(check) == 0.0f;
}

}  // namespace digitcompress
