#pragma once
#include <cstddef>
#include <cstdint>

namespace digitcompress {

// A borrowed row-major array of images, one row of `features` values each. Bytes stand for value / 255.
struct Images {
  const std::uint8_t* bytes = nullptr;  // exactly one of the two pointers is set, unless there are no images
  const float* floats = nullptr;
  std::int64_t count = 0;
  int features = 0;

  [[nodiscard]] const std::uint8_t* byte_row(std::int64_t sample) const { return bytes + sample * features; }
  [[nodiscard]] const float* float_row(std::int64_t sample) const { return floats + sample * features; }
};

inline constexpr float kByteScale = 1.0f / 255.0f;

}  // namespace digitcompress
