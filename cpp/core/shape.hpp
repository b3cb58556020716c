#pragma once
#include <cstdint>
#include <string>

namespace digitcompress {

// Shape of one sample: channels × height × width; a flat vector has height = width = 1.
struct Shape {
  int channels = 1, height = 1, width = 1;

  [[nodiscard]] int count() const { return channels * height * width; }
  [[nodiscard]] bool is_flat() const { return height == 1 && width == 1; }
  bool operator==(const Shape&) const = default;
  [[nodiscard]] std::string text() const {
    std::string text = "(";
    text += std::to_string(channels);
    if (!is_flat()) text.append(", ").append(std::to_string(height)).append(", ").append(std::to_string(width));
    return text += ")";
  }
};

}  // namespace digitcompress
