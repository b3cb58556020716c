#include "layers/conv2d.hpp"

#include "layers/bias_gradient.hpp"
#include "layers/tap_product.hpp"
#include "layers/window_gradient.hpp"

namespace digitcompress {
namespace {

// One group of channels by itself: how many channels it reads and writes, and its weights.
struct ChannelGroup {
  int inputs, outputs;
  KernelLayout layout;

  ChannelGroup(const Conv2d& layer, const WindowSides& sides)
      : inputs(sides.larger.channels / layer.groups),
        outputs(layer.channels / layer.groups),
        layout(sides.has_idle_places() ? KernelLayout::kernel_outermost(layer.channels, inputs)
                                       : KernelLayout::kernel_innermost(inputs, layer.kernel * layer.kernel)) {}
  [[nodiscard]] std::ptrdiff_t weights() const { return outputs * layout.output; }
};

WindowSides sides_of(const Conv2d& layer, const Shape& input) { return {layer.window(), layer.output_shape(input), input}; }
WindowSides sides_of(const Conv2d& layer, const Tile& tile) { return {layer.window(), tile.output, tile.input()}; }

WindowGradient gradient_problem(const Conv2d& layer, const WindowSides& sides) {
  const ChannelGroup group(layer, sides);
  return {sides, group.outputs, group.inputs, group.layout, sides.smaller.count(), sides.larger.count()};
}

}  // namespace

void Conv2d::validate() const {
  validate_window(kName, channels, window());
  require(groups >= 1 && channels % groups == 0, "Conv2d: groups must divide the channels, ", channels, ", got ", groups);
}

Shape Conv2d::output_shape(const Shape& input) const {
  require<ShapeError>(input.channels % groups == 0, "Conv2d: groups must divide the input's channels, got ", groups, " groups for ",
                      input.text());
  require<ShapeError>(input.height + 2 * padding >= kernel && input.width + 2 * padding >= kernel, "Conv2d: the padded input must hold a ",
                      kernel, " by ", kernel, " kernel, got ", input.text());
  return {channels, window().output_extent(input.height), window().output_extent(input.width)};
}

std::vector<ParameterSpec> Conv2d::parameters(const Shape& input) const {
  const int area = kernel * kernel, inputs = input.channels / groups;
  std::vector<ParameterSpec> specs{{"weight", {channels, inputs, kernel, kernel}, inputs * area, channels * area}};
  if (const WindowSides sides = sides_of(*this, input); sides.has_idle_places()) {
    const KernelLayout layout = ChannelGroup(*this, sides).layout;
    specs[0].strides = layout.strides(kernel), specs[0].used = sides.used_planes(static_cast<std::size_t>(layout.tap));
  }
  if (bias) specs.push_back({"bias", {channels}, inputs * area});
  return specs;
}

long Conv2d::multiply_adds(const Shape& input) const {
  const Shape output = output_shape(input);
  return static_cast<long>(output.count()) * (input.channels / groups) * kernel * kernel;
}

std::shared_ptr<const TapPlans> Conv2d::plans(const Shape& input) const {
  const WindowSides sides = sides_of(*this, input);
  const std::ptrdiff_t step = ChannelGroup(*this, sides).layout.tap;
  return std::make_shared<TapPlans>(
      TapPlans{gathering_plan(window(), input, sides.smaller, step), scattering_plan(window(), sides.smaller, input, step)});
}

int Conv2d::gradient_parts(const Shape& input) const {
  return groups * window_gradient_parts(gradient_problem(*this, sides_of(*this, input))) + (bias ? 1 : 0);
}

void Conv2d::forward(const Tile& tile, const Lane* input, Lane* output) const {
  const ChannelGroup group(*this, sides_of(*this, tile));
  TapProduct product{.plan = &tile.plans->forward, .outputs = group.outputs, .channels = group.inputs, .weights = tile.parameters[0]};
  product.output_stride = group.layout.output, product.channel_stride = group.layout.channel;
  product.bias = bias ? tile.parameters[1] : nullptr;
  product.input_plane = tile.input().height * tile.input().width, product.input_group = tile.input().count();
  product.output_plane = tile.output.height * tile.output.width, product.output_group = tile.output.count();
  for (int g = 0; g < groups; g++) {
    tap_product(product, tile.groups, input + g * group.inputs * product.input_plane, output + g * group.outputs * product.output_plane);
    product.weights += group.weights();
    if (product.bias != nullptr) product.bias += group.outputs;
  }
}

void Conv2d::backward(const Tile& tile, const Lane*, const Lane*, const Lane* output_gradient, Lane* input_gradient) const {
  const ChannelGroup group(*this, sides_of(*this, tile));
  TapProduct product{.plan = &tile.plans->backward, .outputs = group.inputs, .channels = group.outputs, .weights = tile.parameters[0]};
  product.output_stride = group.layout.channel, product.channel_stride = group.layout.output;
  product.input_plane = tile.output.height * tile.output.width, product.input_group = tile.output.count();
  product.output_plane = tile.input().height * tile.input().width, product.output_group = tile.input().count();
  for (int g = 0; g < groups; g++) {
    tap_product(product, tile.groups, output_gradient + g * group.outputs * product.input_plane,
                input_gradient + g * group.inputs * product.output_plane);
    product.weights += group.weights();
  }
}

void Conv2d::parameter_gradient(const Tile& tile, int part, const Lane* input, const Lane* output_gradient, float* const* gradients,
                                bool accumulate) const {
  const WindowGradient problem = gradient_problem(*this, sides_of(*this, tile));
  const int parts = window_gradient_parts(problem), g = part / parts;
  if (g == groups) return bias_gradient(tile, output_gradient, gradients[1], accumulate);
  const ChannelGroup group(*this, sides_of(*this, tile));
  const Lane* small = output_gradient + static_cast<std::ptrdiff_t>(g) * group.outputs * tile.output.height * tile.output.width;
  const Lane* large = input + static_cast<std::ptrdiff_t>(g) * group.inputs * tile.input().height * tile.input().width;
  window_gradient(problem, part % parts, tile.groups, small, large, gradients[0] + g * group.weights(), accumulate);
}

}  // namespace digitcompress
