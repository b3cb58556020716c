#pragma once
#include "core/error.hpp"
#include "core/field.hpp"
#include "layers/flatten.hpp"

namespace digitcompress {

struct Reshape : ViewLayer {
  int channels = 1, height = 1, width = 1;

  static constexpr const char* kName = "Reshape";
  static constexpr const char* kNode = "reshape";
  static constexpr const char* kDoc = "The same values as channels, rows and columns, in this order.";
  static constexpr auto fields() {
    return std::tuple{Field{"channels", &Reshape::channels, "Channels, at least 1."},
                      Field{"height", &Reshape::height, "Rows, at least 1."}, Field{"width", &Reshape::width, "Columns, at least 1."}};
  }

  void validate() const {
    const auto fits = [](int extent) { return extent >= 1 && extent <= 1 << 20; };
    require(fits(channels) && fits(height) && fits(width), "Reshape: extents must be in 1..1048576, got ",
            Shape{channels, height, width}.text());
  }
  [[nodiscard]] Shape output_shape(const Shape& input) const {
    const bool fits = static_cast<long long>(channels) * height * width == input.count();
    require<ShapeError>(fits, "Reshape: ", Shape{channels, height, width}.text(), " must have as many values as the input, got ",
                        input.text());
    return {channels, height, width};
  }
};

}  // namespace digitcompress
