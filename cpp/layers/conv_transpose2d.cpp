#include "layers/conv_transpose2d.hpp"

#include "layers/bias_gradient.hpp"
#include "layers/tap_product.hpp"
#include "layers/window_gradient.hpp"

namespace digitcompress {
namespace {

WindowGradient gradient_problem(const ConvTranspose2d& layer, const Shape& input, const Shape& output) {
  const auto layout = KernelLayout::kernel_innermost(output.channels, layer.kernel * layer.kernel);
  return {{layer.window(), input, output}, input.channels, output.channels, layout, input.count(), output.count()};
}

}  // namespace

void ConvTranspose2d::validate() const {
  validate_window(kName, channels, window());
  require(output_padding >= 0 && output_padding < stride, "ConvTranspose2d: output_padding must be in 0..stride - 1, got ", output_padding);
}

Shape ConvTranspose2d::output_shape(const Shape& input) const {
  const auto extent = [&](int size) { return (size - 1) * stride - 2 * padding + kernel + output_padding; };
  require<ShapeError>(extent(input.height) >= 1 && extent(input.width) >= 1, "ConvTranspose2d: the padding must leave an output, got ",
                      padding, " for ", input.text());
  return {channels, extent(input.height), extent(input.width)};
}

std::vector<ParameterSpec> ConvTranspose2d::parameters(const Shape& input) const {
  const int area = kernel * kernel;
  std::vector<ParameterSpec> specs{{"weight", {input.channels, channels, kernel, kernel}, channels * area, input.channels * area}};
  if (bias) specs.push_back({"bias", {channels}, channels * area});
  return specs;
}

long ConvTranspose2d::multiply_adds(const Shape& input) const { return static_cast<long>(input.count()) * channels * kernel * kernel; }

std::shared_ptr<const TapPlans> ConvTranspose2d::plans(const Shape& input) const {
  const Shape output = output_shape(input);
  return std::make_shared<TapPlans>(TapPlans{scattering_plan(window(), input, output, 1), gathering_plan(window(), output, input, 1)});
}

int ConvTranspose2d::gradient_parts(const Shape& input) const {
  return window_gradient_parts(gradient_problem(*this, input, output_shape(input))) + (bias ? 1 : 0);
}

void ConvTranspose2d::forward(const Tile& tile, const Lane* input, Lane* output) const {
  const int area = kernel * kernel;
  TapProduct product{.plan = &tile.plans->forward, .outputs = channels, .channels = tile.input().channels, .weights = tile.parameters[0]};
  product.output_stride = area, product.channel_stride = static_cast<std::ptrdiff_t>(channels) * area;
  product.bias = bias ? tile.parameters[1] : nullptr;
  product.input_plane = tile.input().height * tile.input().width, product.input_group = tile.input().count();
  product.output_plane = tile.output.height * tile.output.width, product.output_group = tile.output.count();
  tap_product(product, tile.groups, input, output);
}

void ConvTranspose2d::backward(const Tile& tile, const Lane*, const Lane*, const Lane* output_gradient, Lane* input_gradient) const {
  const int area = kernel * kernel;
  TapProduct product{.plan = &tile.plans->backward, .outputs = tile.input().channels, .channels = channels, .weights = tile.parameters[0]};
  product.output_stride = static_cast<std::ptrdiff_t>(channels) * area, product.channel_stride = area;
  product.input_plane = tile.output.height * tile.output.width, product.input_group = tile.output.count();
  product.output_plane = tile.input().height * tile.input().width, product.output_group = tile.input().count();
  tap_product(product, tile.groups, output_gradient, input_gradient);
}

void ConvTranspose2d::parameter_gradient(const Tile& tile, int part, const Lane* input, const Lane* output_gradient,
                                         float* const* gradients, bool accumulate) const {
  const WindowGradient problem = gradient_problem(*this, tile.input(), tile.output);
  if (part < window_gradient_parts(problem))
    window_gradient(problem, part, tile.groups, input, output_gradient, gradients[0], accumulate);
  else
    bias_gradient(tile, output_gradient, gradients[1], accumulate);
}

}  // namespace digitcompress
