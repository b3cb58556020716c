#pragma once
#include "core/error.hpp"
#include "core/field.hpp"
#include "layers/tile.hpp"

namespace digitcompress {

// Capsules from capsules by self-attention. Input capsule i votes for output capsule k by û = W[k][i] u; it shares itself out by how well
// its vote agrees with all others, c = softmax over k of û · (sum of the votes for k) / sqrt(size), plus a learnt bias; s = sum of c û,
// squashed.
struct CapsuleRouting : LayerBase {
  int capsules = 10, size = 16;

  static constexpr const char* kName = "CapsuleRouting";
  static constexpr const char* kNode = "routing";
  static constexpr const char* kDoc =
      "Capsules from capsules, each channel being one, by self-attention routing without iterations (Mazzia et al. 2021).";
  static constexpr auto fields() {
    return std::tuple{Field{"capsules", &CapsuleRouting::capsules, "Output capsules, in 1..4096."},
                      Field{"size", &CapsuleRouting::size, "Values of each, in 1..4096."}};
  }

  void validate() const {
    require(capsules >= 1 && capsules <= 4096, "CapsuleRouting: capsules must be in 1..4096, got ", capsules);
    require(size >= 1 && size <= 4096, "CapsuleRouting: size must be in 1..4096, got ", size);
  }
  [[nodiscard]] Shape output_shape(const Shape&) const { return {capsules, size, 1}; }
  [[nodiscard]] std::vector<ParameterSpec> parameters(const Shape& input) const {
    const int vector = input.height * input.width;
    return {{"weight", {capsules, input.channels, vector, size}, input.count(), capsules * size},
            {"bias", {capsules * input.channels}, input.count()}};
  }
  [[nodiscard]] long multiply_adds(const Shape& input) const {
    return static_cast<long>(capsules) * size * (input.count() + 3L * input.channels);
  }
  [[nodiscard]] std::size_t saved_lanes(const Shape& input) const;
  [[nodiscard]] int gradient_parts(const Shape& input) const { return input.channels; }

  void forward(const Tile& tile, const Lane* input, Lane* output) const;
  // Puts the gradients of votes and shares where forward left these.
  void prepare_gradient(const Tile& tile, const Lane* output_gradient) const;
  void backward(const Tile& tile, const Lane* input, const Lane* output, const Lane* output_gradient, Lane* input_gradient) const;
  void parameter_gradient(const Tile& tile, int part, const Lane* input, const Lane* output_gradient, float* const* gradients,
                          bool accumulate) const;
};

}  // namespace digitcompress
