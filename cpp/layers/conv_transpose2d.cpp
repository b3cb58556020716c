#include "layers/conv_transpose2d.hpp"

#include "layers/bias_gradient.hpp"
#include "layers/tap_product.hpp"
#include "layers/window_gradient.hpp"

namespace digitcompress {
namespace {

// Weights of input channels are the rows: `output` of the layout steps from one to the next.
KernelLayout layout_of(const ConvTranspose2d& layer) { return KernelLayout::kernel_innermost(layer.channels, layer.kernel * layer.kernel); }

WindowProblem gradient_problem(const ConvTranspose2d& layer, const Shape& input, const Shape& output) {
  return {{layer.window(), input, output}, input.channels, output.channels, layout_of(layer), input.count(), output.count()};
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
  const std::ptrdiff_t step = layout_of(*this).tap;
  return std::make_shared<TapPlans>(
      TapPlans{scattering_plan(window(), input, output, step), gathering_plan(window(), output, input, step)});
}

int ConvTranspose2d::gradient_parts(const Shape& input) const {
  return window_gradient_parts(gradient_problem(*this, input, output_shape(input))) + (bias ? 1 : 0);
}

void ConvTranspose2d::forward(const Tile& tile, const Lane* input, Lane* output) const {
  const KernelLayout layout = layout_of(*this);
  TapProduct product{.plan = &tile.plans->forward, .outputs = channels, .channels = tile.input().channels, .weights = tile.parameters[0]};
  product.output_stride = layout.channel, product.channel_stride = layout.output;
  product.bias = bias ? tile.parameters[1] : nullptr;
  product.input_plane = tile.input().height * tile.input().width, product.input_group = tile.input().count();
  product.output_plane = tile.output.height * tile.output.width, product.output_group = tile.output.count();
  tap_product(product, tile.groups, input, output);
}

void ConvTranspose2d::backward(const Tile& tile, const Lane*, const Lane*, const Lane* output_gradient, Lane* input_gradient) const {
  const KernelLayout layout = layout_of(*this);
  TapProduct product{.plan = &tile.plans->backward, .outputs = tile.input().channels, .channels = channels, .weights = tile.parameters[0]};
  product.output_stride = layout.output, product.channel_stride = layout.channel;
  product.input_plane = tile.output.height * tile.output.width, product.input_group = tile.output.count();
  product.output_plane = tile.input().height * tile.input().width, product.output_group = tile.input().count();
  tap_product(product, tile.groups, output_gradient, input_gradient);
}

void ConvTranspose2d::parameter_gradient(const Tile& tile, int part, const Lane* input, const Lane* output_gradient,
                                         float* const* gradients, bool accumulate) const {
  const WindowProblem problem = gradient_problem(*this, tile.input(), tile.output);
  if (part < window_gradient_parts(problem))
    window_gradient(problem, part, tile.groups, input, output_gradient, gradients[0], accumulate);
  else
    bias_gradient(tile, output_gradient, gradients[1], accumulate);
}

}  // namespace digitcompress
