#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "core/function_ref.hpp"
#include "core/parameter_transform.hpp"
#include "layers/tile.hpp"

namespace digitcompress {

inline constexpr std::size_t kMaxWeights = 64 << 20;  // of a parameter, and of a network

// Where a parameter lives in the arena, and how the effective values come from the stored ones.
struct Parameter {
  std::string name;  // "fc1.weight"
  std::vector<int> shape;
  std::vector<std::size_t> strides;  // values from one to the next along each axis; they may follow in another order than the axes
  std::size_t offset = 0, size = 0;
  std::vector<ValueRange> used;  // which of the values, as they lie in memory, ever have a gradient
  bool trainable = true;
  ParameterTransforms transforms;
};

// The parameter of a node as its layer describes it, at this place of the arena.
[[nodiscard]] Parameter make_parameter(const std::string& node, const ParameterSpec& spec, std::size_t offset);

// Lets `use` read and write values, or gradients, of a parameter in the order of its shape, whatever their order in memory.
void in_shape_order(const Parameter& parameter, std::span<float> values, FunctionRef<void(std::span<float>)> use);

}  // namespace digitcompress
