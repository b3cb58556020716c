#pragma once
#include "core/error.hpp"
#include "core/field.hpp"
#include "layers/tile.hpp"

namespace digitcompress {

// y = W x + b; W is units × features, row by row.
struct Dense : LayerBase {
  int units = 10;
  bool bias = true;

  static constexpr const char* kName = "Dense";
  static constexpr const char* kNode = "fc";
  static constexpr const char* kDoc = "Fully connected layer: ``weight @ x + bias``.";
  static constexpr auto fields() {
    return std::tuple{Field{"units", &Dense::units, "Output features, at least 1."}, Field{"bias", &Dense::bias, "Whether to add a bias."}};
  }

  void validate() const { require(units >= 1 && units <= 1 << 20, "Dense: units must be in 1..1048576, got ", units); }
  [[nodiscard]] Shape output_shape(const Shape& input) const {
    require<ShapeError>(input.is_flat(), "Dense: input must be flat, got ", input.text(), "; put a Flatten before it");
    return {units, 1, 1};
  }
  [[nodiscard]] std::vector<ParameterSpec> parameters(const Shape& input) const {
    std::vector<ParameterSpec> specs{{"weight", {units, input.count()}, input.count(), units}};
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
