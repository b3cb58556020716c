#pragma once
#include "core/error.hpp"
#include "core/field.hpp"
#include "layers/tile.hpp"

namespace digitcompress {

inline constexpr int kMaxChannels = 4096, kMaxKernel = 64;

inline void validate_window(const char* name, int channels, const Window& window) {
  require(channels >= 1 && channels <= kMaxChannels, name, ": channels must be in 1..", kMaxChannels, ", got ", channels);
  require(window.kernel >= 1 && window.kernel <= kMaxKernel, name, ": kernel must be in 1..", kMaxKernel, ", got ", window.kernel);
  require(window.stride >= 1 && window.stride <= kMaxKernel, name, ": stride must be in 1..", kMaxKernel, ", got ", window.stride);
  require(window.padding >= 0 && window.padding < window.kernel, name, ": padding must be in 0..kernel - 1, got ", window.padding);
}

// Cross-correlation with square kernels; weight is channels × (input channels / groups) × kernel × kernel.
struct Conv2d : LayerBase {
  int channels = 8, kernel = 3, stride = 1, padding = 0, groups = 1;
  bool bias = true;

  static constexpr const char* kName = "Conv2d";
  static constexpr const char* kNode = "conv";
  static constexpr const char* kDoc = "Convolution (cross-correlation) over images, with zero padding.";
  static constexpr auto fields() {
    return std::tuple{Field{"channels", &Conv2d::channels, "Output channels, at least 1."},
                      Field{"kernel", &Conv2d::kernel, "Side of the square kernel, in 1..64."},
                      Field{"stride", &Conv2d::stride, "Step between windows, in 1..64."},
                      Field{"padding", &Conv2d::padding, "Zeros around the image, in 0..kernel - 1."},
                      Field{"groups", &Conv2d::groups, "Groups of channels that do not see each other; the input's channels: depth-wise."},
                      Field{"bias", &Conv2d::bias, "Whether to add a bias for each channel."}};
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
