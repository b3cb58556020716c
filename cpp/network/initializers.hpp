#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "layers/tile.hpp"

namespace digitcompress {

// Hyper-parameter-free, so a row in a table. `draw` fills one parameter from random numbers of its own stream.
struct Initializer {
  const char* name;
  const char* doc;
  void (*draw)(const ParameterSpec& spec, std::uint64_t seed, std::uint64_t stream, std::span<float> values);
};

[[nodiscard]] std::span<const Initializer> initializers();
[[nodiscard]] const Initializer& find_initializer(std::string_view name);

}  // namespace digitcompress
