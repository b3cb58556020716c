#pragma once
#include "core/error.hpp"
#include "core/field.hpp"
#include "layers/tile.hpp"

namespace digitcompress {

// Normalizes each channel by the mean and variance of the batch; outside training by their running averages.
struct BatchNorm : LayerBase {
  float momentum = 0.1f, epsilon = 1e-5f;

  static constexpr bool kSynchronizes = true, kRectifies = true, kOverwritesInput = true;
  static constexpr const char* kName = "BatchNorm";
  static constexpr const char* kNode = "bn";
  static constexpr const char* kDoc = "Batch normalization of each channel (Ioffe and Szegedy 2015).";
  static constexpr auto fields() {
    return std::tuple{Field{"momentum", &BatchNorm::momentum, "Share of the newest batch in the running averages, in 0..1."},
                      Field{"epsilon", &BatchNorm::epsilon, "Added to the variance, positive."}};
  }

  void validate() const {
    require(momentum >= 0.0f && momentum <= 1.0f, "BatchNorm: momentum must be in 0..1, got ", momentum);
    require(epsilon > 0.0f && epsilon <= 1.0f, "BatchNorm: epsilon must be in (0, 1], got ", epsilon);
  }
  [[nodiscard]] Shape output_shape(const Shape& input) const { return input; }
  [[nodiscard]] std::vector<ParameterSpec> parameters(const Shape& input) const {
    const std::vector<int> shape{input.channels};
    return {{.name = "weight", .shape = shape, .start = 1.0f},
            {.name = "bias", .shape = shape},
            {.name = "running_mean", .shape = shape, .trainable = false},
            {.name = "running_variance", .shape = shape, .trainable = false, .start = 1.0f}};
  }
  [[nodiscard]] long multiply_adds(const Shape& input) const { return input.count(); }
  [[nodiscard]] std::size_t saved_lanes(const Shape& input) const { return 2 * static_cast<std::size_t>(input.channels); }
  [[nodiscard]] std::size_t summary_size(const Shape& input) const { return 4 * static_cast<std::size_t>(input.channels); }
  [[nodiscard]] int gradient_parts(const Shape&) const { return 1; }

  // Sums over a tile's samples, then over the batch: before forward, and before backward.
  void collect(const Tile& tile, Lane* input) const;
  void conclude(const Tile& batch) const;
  void collect_gradient(const Tile& tile, const Lane* input, const Lane* output_gradient) const;
  void conclude_gradient(const Tile& batch) const;

  void forward(const Tile& tile, const Lane* input, Lane* output) const;
  void backward(const Tile& tile, const Lane* input, const Lane* output, const Lane* output_gradient, Lane* input_gradient) const;
  void parameter_gradient(const Tile& tile, int part, const Lane* input, const Lane* output_gradient, float* const* gradients,
                          bool accumulate) const;
  // Moves the running averages after a step.
  void learn(const Tile& batch, float* const* stored) const;
};

}  // namespace digitcompress
