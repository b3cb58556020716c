#include "layers/conv2d.hpp"

#include <utility>

#include "layers/bias_gradient.hpp"
#include "layers/tap_product.hpp"
#include "layers/window_gradient.hpp"
#include "layers/winograd.hpp"

namespace digitcompress {
namespace {

WindowSides sides_of(const Conv2d& layer, const Shape& input) { return {layer.window(), layer.output_shape(input), input}; }

// One group of channels by itself.
WindowProblem unplanned_problem(const Conv2d& layer, const WindowSides& sides) {
  return {sides, layer.channels / layer.groups, sides.larger.channels / layer.groups, {}, sides.smaller.count(), sides.larger.count()};
}

// Whether a kernel's places are the outermost axis of the weights, and channels neighbours in memory.
bool kernel_outermost(const WindowProblem& problem) { return winograd_gradient_pays(problem) || problem.sides.has_idle_places(); }

KernelLayout layout_of(const Conv2d& layer, const WindowProblem& problem, bool is_outermost) {
  return is_outermost ? KernelLayout::kernel_outermost(layer.channels, problem.channels)
                      : KernelLayout::kernel_innermost(problem.channels, layer.kernel * layer.kernel);
}

WindowProblem problem_of(const Conv2d& layer, const WindowSides& sides) {
  WindowProblem problem = unplanned_problem(layer, sides);
  problem.by_winograd = winograd_pays(problem);
  problem.layout = layout_of(layer, problem, kernel_outermost(problem));
  return problem;
}

WindowProblem problem_of(const Conv2d& layer, const Tile& tile) {
  WindowProblem problem = unplanned_problem(layer, {layer.window(), tile.output, tile.input()});
  problem.by_winograd = tile.plans->by_winograd;
  problem.layout = layout_of(layer, problem, tile.plans->kernel_outermost);
  return problem;
}

// Where a group of channels starts.
struct GroupStarts {
  std::ptrdiff_t weights, small, large;
};

std::ptrdiff_t plane(const Shape& image) { return static_cast<std::ptrdiff_t>(image.height) * image.width; }

GroupStarts starts_of(const WindowProblem& problem, int group) {
  return {group * problem.outputs * problem.layout.output, group * problem.outputs * plane(problem.sides.smaller),
          group * problem.channels * plane(problem.sides.larger)};
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
  const WindowProblem problem = problem_of(*this, sides_of(*this, input));
  std::vector<ParameterSpec> specs{{"weight", {channels, inputs, kernel, kernel}, inputs * area, channels * area}};
  specs[0].strides = problem.layout.strides(kernel);
  if (problem.sides.has_idle_places()) specs[0].used = problem.sides.used_planes(static_cast<std::size_t>(problem.layout.tap));
  if (bias) specs.push_back({"bias", {channels}, inputs * area});
  return specs;
}

long Conv2d::multiply_adds(const Shape& input) const {
  const Shape output = output_shape(input);
  return static_cast<long>(output.count()) * (input.channels / groups) * kernel * kernel;
}

std::shared_ptr<const TapPlans> Conv2d::plans(const Shape& input) const {
  const WindowSides sides = sides_of(*this, input);
  const WindowProblem problem = problem_of(*this, sides);
  const KernelLayout& layout = problem.layout;
  TapPlans plans{gathering_plan(window(), input, sides.smaller, layout.tap), scattering_plan(window(), sides.smaller, input, layout.tap)};
  plans.forward = with_channels(std::move(plans.forward), problem.channels, spaced_plane(plane(input), problem.channels), layout.channel);
  plans.backward =
      with_channels(std::move(plans.backward), problem.outputs, spaced_plane(plane(sides.smaller), problem.outputs), layout.output);
  plans.by_winograd = problem.by_winograd, plans.kernel_outermost = kernel_outermost(problem);
  return std::make_shared<TapPlans>(std::move(plans));
}

int Conv2d::gradient_parts(const Shape& input) const {
  return groups * window_gradient_parts(problem_of(*this, sides_of(*this, input))) + (bias ? 1 : 0);
}

void Conv2d::forward(const Tile& tile, const Lane* input, Lane* output) const {
  const WindowProblem problem = problem_of(*this, tile);
  TapProduct product{.plan = &tile.plans->forward, .outputs = problem.outputs, .channels = problem.channels};
  product.output_stride = problem.layout.output, product.channel_stride = problem.layout.channel;
  product.input_plane = plane(tile.input()), product.input_group = tile.input().count();
  product.output_plane = plane(tile.output), product.output_group = tile.output.count();
  for (int g = 0; g < groups; g++) {
    const GroupStarts starts = starts_of(problem, g);
    product.weights = tile.parameters[0] + starts.weights;
    product.bias = bias ? tile.parameters[1] + g * problem.outputs : nullptr;
    if (problem.by_winograd)
      winograd_product(problem, tile.groups, product.weights, product.bias, input + starts.large, output + starts.small);
    else
      tap_product(product, tile.groups, input + starts.large, output + starts.small);
  }
}

void Conv2d::backward(const Tile& tile, const Lane*, const Lane*, const Lane* output_gradient, Lane* input_gradient) const {
  const WindowProblem problem = problem_of(*this, tile);
  TapProduct product{.plan = &tile.plans->backward, .outputs = problem.channels, .channels = problem.outputs};
  product.output_stride = problem.layout.channel, product.channel_stride = problem.layout.output;
  product.input_plane = plane(tile.output), product.input_group = tile.output.count();
  product.output_plane = plane(tile.input()), product.output_group = tile.input().count();
  for (int g = 0; g < groups; g++) {
    const GroupStarts starts = starts_of(problem, g);
    product.weights = tile.parameters[0] + starts.weights;
    if (problem.by_winograd)
      winograd_transpose(problem, tile.groups, product.weights, output_gradient + starts.small, input_gradient + starts.large);
    else
      tap_product(product, tile.groups, output_gradient + starts.small, input_gradient + starts.large);
  }
}

void Conv2d::parameter_gradient(const Tile& tile, int part, const Lane* input, const Lane* output_gradient, float* const* gradients,
                                bool accumulate) const {
  const WindowProblem problem = problem_of(*this, tile);
  const int parts = window_gradient_parts(problem), g = part / parts;
  if (g == groups) return bias_gradient(tile, output_gradient, gradients[1], accumulate);
  const GroupStarts starts = starts_of(problem, g);
  window_gradient(problem, part % parts, tile.groups, output_gradient + starts.small, input + starts.large, gradients[0] + starts.weights,
                  accumulate);
}

}  // namespace digitcompress
