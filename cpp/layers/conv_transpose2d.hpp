#pragma once
#include "core/error.hpp"
#include "core/field.hpp"
#include "layers/conv2d.hpp"
#include "layers/tile.hpp"

namespace digitcompress {

// The transpose of a convolution; weight is input channels × channels × kernel × kernel.
struct ConvTranspose2d : LayerBase {
  int channels = 8, kernel = 3, stride = 1, padding = 0, output_padding = 0;
  bool bias = true;

  static constexpr const char* kName = "ConvTranspose2d";
  static constexpr const char* kNode = "deconv";
  static constexpr const char* kDoc = "Transposed convolution: each input value adds its kernel to the output (Dumoulin and Visin 2016).";
  static constexpr auto fields() {
    return std::tuple{Field{"channels", &ConvTranspose2d::channels, "Output channels, at least 1."},
                      Field{"kernel", &ConvTranspose2d::kernel, "Side of the square kernel, in 1..64."},
                      Field{"stride", &ConvTranspose2d::stride, "Step between kernels in the output, in 1..64."},
                      Field{"padding", &ConvTranspose2d::padding, "Rows and columns cut off around the output, in 0..kernel - 1."},
                      Field{"output_padding", &ConvTranspose2d::output_padding, "Rows and columns added at the end, below the stride."},
                      Field{"bias", &ConvTranspose2d::bias, "Whether to add a bias for each channel."}};
  }

  [[nodiscard]] Window window() const { return {kernel, stride, padding}; }
  void validate() const;
  [[nodiscard]] Shape output_shape(const Shape& input) const;
  [[nodiscard]] std::vector<ParameterSpec> parameters(const Shape& input) const;
  [[nodiscard]] long multiply_adds(const Shape& input) const;
  [[nodiscard]] std::shared_ptr<const TapPlans> plans(const Shape& input) const;
  [[nodiscard]] int gradient_parts(const Shape& input) const;

  void forward(const Tile& tile, const Lane* input, Lane* output) const;
  void backward(const Tile& tile, const Lane* input, const Lane* output, const Lane* output_gradient, Lane* input_gradient) const;
  void parameter_gradient(const Tile& tile, int part, const Lane* input, const Lane* output_gradient, float* const* gradients,
                          bool accumulate) const;
};

}  // namespace digitcompress
