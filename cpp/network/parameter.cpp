#include "network/parameter.hpp"

#include "core/error.hpp"

namespace digitcompress {
namespace {

std::size_t element_count(const std::string& name, const std::vector<int>& shape) {
  std::size_t count = 1;
  for (const int extent : shape) {
    require<LimitError>(count <= kMaxWeights / static_cast<std::size_t>(extent), "Network: parameter ", name, " has more than ",
                        kMaxWeights, " values");
    count *= static_cast<std::size_t>(extent);
  }
  return count;
}

// Of an array whose last axis is innermost.
std::vector<std::size_t> plain_strides(const std::vector<int>& shape) {
  std::vector<std::size_t> strides(shape.size());
  std::size_t step = 1;
  for (std::size_t axis = shape.size(); axis-- > 0; step *= static_cast<std::size_t>(shape[axis])) strides[axis] = step;
  return strides;
}

// Calls use(place) for each element in the order of the shape, with its place in memory.
template <class Use>
void for_each_place(const Parameter& parameter, std::size_t axis, std::size_t place, const Use& use) {
  if (axis == parameter.shape.size()) return use(place);
  for (int i = 0; i < parameter.shape[axis]; i++, place += parameter.strides[axis]) for_each_place(parameter, axis + 1, place, use);
}

}  // namespace

Parameter make_parameter(const std::string& node, const ParameterSpec& spec, std::size_t offset) {
  Parameter parameter{node + "." + spec.name, spec.shape, spec.strides, offset, 0, spec.used, spec.trainable, {}};
  parameter.size = element_count(parameter.name, spec.shape);
  if (parameter.strides.empty()) parameter.strides = plain_strides(spec.shape);
  if (parameter.used.empty()) parameter.used.push_back({0, parameter.size});
  return parameter;
}

void in_shape_order(const Parameter& parameter, std::span<float> values, FunctionRef<void(std::span<float>)> use) {
  if (parameter.strides == plain_strides(parameter.shape)) return use(values);
  std::vector<float> ordered;
  ordered.reserve(values.size());
  for_each_place(parameter, 0, 0, [&](std::size_t place) { ordered.push_back(values[place]); });
  use(ordered);
  auto next = ordered.cbegin();
  for_each_place(parameter, 0, 0, [&](std::size_t place) { values[place] = *next++; });
}

}  // namespace digitcompress
