#pragma once
#include "core/error.hpp"
#include "core/field.hpp"
#include "layers/tile.hpp"

namespace digitcompress {

// Each map meets one filter as large as itself, which leaves one value; `size` neighbouring values are a capsule, which is squashed.
struct PrimaryCapsules : LayerBase {
  int size = 8;

  static constexpr const char* kName = "PrimaryCapsules";
  static constexpr const char* kNode = "primary";
  static constexpr const char* kDoc =
      "Capsules from maps: a depth-wise convolution as large as the maps, and a squash (Mazzia et al. 2021).";
  static constexpr auto fields() {
    return std::tuple{Field{"size", &PrimaryCapsules::size, "Values of a capsule, in 1..4096; it divides the channels."}};
  }

  void validate() const { require(size >= 1 && size <= 4096, "PrimaryCapsules: size must be in 1..4096, got ", size); }
  [[nodiscard]] Shape output_shape(const Shape& input) const {
    require<ShapeError>(input.channels % size == 0, "PrimaryCapsules: size must divide the input's channels, got ", size, " for ",
                        input.text());
    return {input.channels / size, size, 1};
  }
  [[nodiscard]] std::vector<ParameterSpec> parameters(const Shape& input) const {
    const int area = input.height * input.width;
    return {{"weight", {input.channels, input.height, input.width}, area, area}, {"bias", {input.channels}, area}};
  }
  [[nodiscard]] long multiply_adds(const Shape& input) const { return input.count(); }
  [[nodiscard]] std::size_t saved_lanes(const Shape& input) const { return static_cast<std::size_t>(input.channels); }
  [[nodiscard]] int gradient_parts(const Shape& input) const { return output_shape(input).channels; }

  void forward(const Tile& tile, const Lane* input, Lane* output) const;
  // Puts the gradient of the values before the squash where forward left these.
  void prepare_gradient(const Tile& tile, const Lane* output_gradient) const;
  void backward(const Tile& tile, const Lane* input, const Lane* output, const Lane* output_gradient, Lane* input_gradient) const;
  void parameter_gradient(const Tile& tile, int part, const Lane* input, const Lane* output_gradient, float* const* gradients,
                          bool accumulate) const;
};

}  // namespace digitcompress
