#pragma once
#include <string>

#include "core/error.hpp"
#include "core/field.hpp"
#include "layers/tile.hpp"

namespace digitcompress {

// y = Wᵀ x + b with the weight of a Dense before it: the decoder of an auto-encoder with tied weights.
struct TiedDense : LayerBase {
  int units = 784;
  std::string node = "fc1";
  bool bias = true;

  static constexpr const char* kName = "TiedDense";
  static constexpr const char* kNode = "tied";
  static constexpr const char* kDoc = "Fully connected layer with the transposed weight of a Dense: ``weight.T @ x + bias``.";
  static constexpr auto fields() {
    return std::tuple{Field{"units", &TiedDense::units, "Output features: the input features of that Dense."},
                      Field{"node", &TiedDense::node, "Name of the Dense whose weight it uses; its units are the input features here."},
                      Field{"bias", &TiedDense::bias, "Whether to add a bias of its own."}};
  }

  void validate() const { require(units >= 1 && units <= 1 << 20, "TiedDense: units must be in 1..1048576, got ", units); }
  [[nodiscard]] Shape output_shape(const Shape& input) const {
    require<ShapeError>(input.is_flat(), "TiedDense: input must be flat, got ", input.text(), "; put a Flatten before it");
    return {units, 1, 1};
  }
  [[nodiscard]] std::vector<ParameterSpec> parameters(const Shape& input) const {
    std::vector<ParameterSpec> specs{{"weight", {input.count(), units}}};
    specs[0].node = node.c_str();
    if (bias) specs.push_back({"bias", {units}, input.count()});
    return specs;
  }
  [[nodiscard]] long multiply_adds(const Shape& input) const { return static_cast<long>(units) * input.count(); }
  [[nodiscard]] std::shared_ptr<const TapPlans> plans(const Shape& input) const;
  [[nodiscard]] int gradient_parts(const Shape& input) const;

  void forward(const Tile& tile, const Lane* input, Lane* output) const;
  void backward(const Tile& tile, const Lane* input, const Lane* output, const Lane* output_gradient, Lane* input_gradient) const;
  void parameter_gradient(const Tile& tile, int part, const Lane* input, const Lane* output_gradient, float* const* gradients,
                          bool accumulate) const;
};

}  // namespace digitcompress
