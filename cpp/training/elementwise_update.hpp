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

// Calls rule(gradient, parameter, state) on kLanes elements after the other; `parameter` and the kSlots arrays of `state` are updated in
// place. The last elements go through the same instructions as all others, so an element's bits do not depend on where a range was cut.
// Returns whether the parameter is still finite.
template <std::size_t kSlots, class Rule>
bool update_elements(const ScaledGradient& gradient, std::span<float> parameter, std::span<float* const> state, const Rule& rule) {
  std::array<float*, kSlots> places{};
  for (std::size_t s = 0; s < kSlots; s++) places[s] = state[s];
  Lane check{};
  const auto update = [&](std::size_t first, std::size_t count) {
    const std::size_t bytes = count * sizeof(float);
    Lane g{}, p{};
    std::array<Lane, kSlots> slots{};
    std::memcpy(&g, gradient.sums + first, bytes);
    std::memcpy(&p, parameter.data() + first, bytes);
    for (std::size_t s = 0; s < kSlots; s++) std::memcpy(&slots[s], places[s] + first, bytes);
    rule(g * gradient.scale, p, slots);
    check += p * 0.0f;  // infinities and NaNs become NaN, and stay it
    std::memcpy(parameter.data() + first, &p, bytes);
    for (std::size_t s = 0; s < kSlots; s++) std::memcpy(places[s] + first, &slots[s], bytes);
  };
  std::size_t first = 0;
  for (; first + kLanes <= parameter.size(); first += kLanes) update(first, kLanes);
  if (first < parameter.size()) update(first, parameter.size() - first);
  return sum(check) == 0.0f;
}

}  // namespace digitcompress
