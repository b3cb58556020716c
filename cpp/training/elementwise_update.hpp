#pragma once
#include <Eigen/Core>

#include <array>
#include <cstddef>
#include <cstring>
#include <span>

#include "core/lanes.hpp"

namespace digitcompress {

using Values = Eigen::Map<Eigen::ArrayXf>;
using ConstValues = Eigen::Map<const Eigen::ArrayXf>;

// Calls rule(gradient, parameter, state) on kLanes elements after the other; `parameter` and the kSlots arrays of `state` are updated in
// place. The last elements go through the same instructions as all others, so an element's bits do not depend on where a range was cut.
template <std::size_t kSlots, class Rule>
void update_elements(ConstValues gradient, Values parameter, std::span<float* const> state, const Rule& rule) {
  const auto size = static_cast<std::size_t>(parameter.size());
  std::array<float*, kSlots> places{};
  for (std::size_t s = 0; s < kSlots; s++) places[s] = state[s];
  const auto update = [&](std::size_t first, std::size_t count) {
    const std::size_t bytes = count * sizeof(float);
    Lane g{}, p{};
    std::array<Lane, kSlots> slots{};
    std::memcpy(&g, gradient.data() + first, bytes);
    std::memcpy(&p, parameter.data() + first, bytes);
    for (std::size_t s = 0; s < kSlots; s++) std::memcpy(&slots[s], places[s] + first, bytes);
    rule(g, p, slots);
    std::memcpy(parameter.data() + first, &p, bytes);
    for (std::size_t s = 0; s < kSlots; s++) std::memcpy(places[s] + first, &slots[s], bytes);
  };
  std::size_t first = 0;
  for (; first + kLanes <= size; first += kLanes) update(first, kLanes);
  if (first < size) update(first, size - first);
}

}  // namespace digitcompress
