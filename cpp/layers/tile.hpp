#pragma once
#include <cstddef>
#include <vector>

#include "core/lanes.hpp"
#include "core/shape.hpp"

namespace digitcompress {

// What a layer needs besides its own hyper-parameters to work on a tile: `groups` × kLanes samples, laid out [group][feature][lane].
struct Tile {
  Shape input;  // of one sample
  int groups = 0;
  const float* const* parameters = nullptr;     // effective values, in the order of the layer's parameters()
  float* const* parameter_gradients = nullptr;  // added to by backward
  float* largest_seen = nullptr;                // FakeQuantize: largest magnitude met, raised by forward
};

struct ParameterSpec {
  const char* name;
  std::vector<int> shape;
  int fan_in = 0, fan_out = 0;  // 0 for what initialisers leave at zero
  bool trainable = true;
};

// Elementwise layers: applies y = f(x) to a whole tile.
template <class Function>
inline void for_each_lane(const Tile& tile, const Function& f) {
  const std::ptrdiff_t count = static_cast<std::ptrdiff_t>(tile.groups) * tile.input.count();
  for (std::ptrdiff_t i = 0; i < count; i++) f(i);
}

}  // namespace digitcompress
