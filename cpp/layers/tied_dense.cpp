#include "layers/tied_dense.hpp"

#include "layers/bias_gradient.hpp"
#include "layers/outer_product.hpp"
#include "layers/tap_product.hpp"

namespace digitcompress {

std::shared_ptr<const TapPlans> TiedDense::plans(const Shape& input) const {
  return std::make_shared<TapPlans>(TapPlans{dense_plan(input.count(), units), dense_plan(units, 1)});
}

int TiedDense::gradient_parts(const Shape& input) const { return outer_product_parts({input.count(), units}) + (bias ? 1 : 0); }

void TiedDense::forward(const Tile& tile, const Lane* input, Lane* output) const {
  TapProduct product{.plan = &tile.plans->forward, .outputs = units, .channels = 1, .weights = tile.parameters[0]};
  product.output_stride = 1;
  product.bias = bias ? tile.parameters[1] : nullptr;
  product.input_group = tile.input().count();
  product.output_group = units;
  tap_product(product, tile.groups, input, output);
}

void TiedDense::backward(const Tile& tile, const Lane*, const Lane*, const Lane* output_gradient, Lane* input_gradient) const {
  TapProduct product{.plan = &tile.plans->backward, .outputs = tile.input().count(), .channels = 1, .weights = tile.parameters[0]};
  product.output_stride = product.input_group = units;
  product.output_group = tile.input().count();
  tap_product(product, tile.groups, output_gradient, input_gradient);
}

void TiedDense::parameter_gradient(const Tile& tile, int part, const Lane* input, const Lane* output_gradient, float* const* gradients,
                                   bool accumulate) const {
  const OuterProduct product{tile.input().count(), units};
  if (part < outer_product_parts(product))
    outer_product(product, part, tile.groups, input, output_gradient, gradients[0], accumulate);
  else
    bias_gradient(tile, output_gradient, gradients[1], accumulate);
}

}  // namespace digitcompress
