#pragma once
#include "core/error.hpp"
#include "core/field.hpp"
#include "layers/tile.hpp"

namespace digitcompress {

// What the pooling layers share. A stride of 0 stands for the kernel.
struct PoolBase : LayerBase {
  static constexpr bool kUsesInput = false;
  int kernel = 2, stride = 0, padding = 0;

  [[nodiscard]] Window window() const { return {kernel, stride == 0 ? kernel : stride, padding}; }
  void validate_pool(const char* name) const {
    require(kernel >= 1 && kernel <= 64, name, ": kernel must be in 1..64, got ", kernel);
    require(stride >= 0 && stride <= 64, name, ": stride must be in 0..64, got ", stride);
    require(padding >= 0 && padding <= kernel / 2, name, ": padding must be at most half of the kernel, ", kernel / 2, ", got ", padding);
  }
  [[nodiscard]] Shape pooled_shape(const char* name, const Shape& input) const {
    require<ShapeError>(input.height + 2 * padding >= kernel && input.width + 2 * padding >= kernel, name,
                        ": the padded input must hold a ", kernel, " by ", kernel, " window, got ", input.text());
    return {input.channels, window().output_extent(input.height), window().output_extent(input.width)};
  }
};

// Calls use(output place, first input place, rows, columns, whether window is cut) for each place of one channel; the window is clipped to
// the image.
struct PoolPlace {
  int output, input, row_end, column_end;  // row_end, column_end: extent of the clipped window
};

template <class Use>
inline void for_pool_places(const Window& window, const Shape& input, const Shape& output, const Use& use) {
  for (int y = 0; y < output.height; y++) {
    const int top = y * window.stride - window.padding, bottom = std::min(top + window.kernel, input.height), first_row = std::max(top, 0);
    for (int x = 0; x < output.width; x++) {
      const int left = x * window.stride - window.padding, right = std::min(left + window.kernel, input.width),
                first_column = std::max(left, 0);
      use(PoolPlace{y * output.width + x, first_row * input.width + first_column, bottom - first_row, right - first_column});
    }
  }
}

struct MaxPool2d : PoolBase {
  bool ceil_mode = false;

  static constexpr bool kTakesLargest = true;
  static constexpr const char* kName = "MaxPool2d";
  static constexpr const char* kNode = "pool";
  static constexpr const char* kDoc = "Largest value of each window; the first of equals gets the gradient.";
  static constexpr auto fields() {
    return std::tuple{Field{"kernel", &MaxPool2d::kernel, "Side of the square window, in 1..64."},
                      Field{"stride", &MaxPool2d::stride, "Step between windows; 0: the kernel."},
                      Field{"padding", &MaxPool2d::padding, "Ignored places around the image, at most half of the kernel."},
                      Field{"ceil_mode", &MaxPool2d::ceil_mode, "Whether a last window may reach beyond the image, as PyTorch has it."}};
  }

  void validate() const { validate_pool(kName); }
  [[nodiscard]] Shape output_shape(const Shape& input) const {
    const Shape output = pooled_shape(kName, input);
    return {output.channels, output.height + cut_windows(input.height), output.width + cut_windows(input.width)};
  }
  [[nodiscard]] std::size_t saved_lanes(const Shape& input) const { return static_cast<std::size_t>(output_shape(input).count()); }

  void forward(const Tile& tile, const Lane* input, Lane* output) const;
  void backward(const Tile& tile, const Lane* input, const Lane* output, const Lane* output_gradient, Lane* input_gradient) const;

 private:
  // A window is cut if some of its places lie beyond the image and its padding; one that begins there does not count.
  [[nodiscard]] int cut_windows(int extent) const {
    const int whole = window().output_extent(extent), step = window().stride;
    const bool leaves_rest = (extent + 2 * padding - kernel) % step != 0;
    return ceil_mode && leaves_rest && whole * step < extent + padding ? 1 : 0;
  }
};

struct AvgPool2d : PoolBase {
  static constexpr const char* kName = "AvgPool2d";
  static constexpr const char* kNode = "avgpool";
  static constexpr const char* kDoc = "Mean of each window; padding counts as zeros.";
  static constexpr auto fields() {
    return std::tuple{Field{"kernel", &AvgPool2d::kernel, "Side of the square window, in 1..64."},
                      Field{"stride", &AvgPool2d::stride, "Step between windows; 0: the kernel."},
                      Field{"padding", &AvgPool2d::padding, "Zeros around the image, at most half of the kernel."}};
  }

  void validate() const { validate_pool(kName); }
  [[nodiscard]] Shape output_shape(const Shape& input) const { return pooled_shape(kName, input); }

  void forward(const Tile& tile, const Lane* input, Lane* output) const;
  void backward(const Tile& tile, const Lane* input, const Lane* output, const Lane* output_gradient, Lane* input_gradient) const;
};

struct GlobalAvgPool : LayerBase {
  static constexpr bool kUsesInput = false;

  static constexpr const char* kName = "GlobalAvgPool";
  static constexpr const char* kNode = "globalpool";
  static constexpr const char* kDoc = "Mean of each channel: a flat vector of channels.";

  [[nodiscard]] Shape output_shape(const Shape& input) const { return {input.channels, 1, 1}; }

  void forward(const Tile& tile, const Lane* input, Lane* output) const;
  void backward(const Tile& tile, const Lane* input, const Lane* output, const Lane* output_gradient, Lane* input_gradient) const;
};

}  // namespace digitcompress
