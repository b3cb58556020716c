#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "bindings/arrays.hpp"
#include "bindings/bindings.hpp"
#include "bindings/progress.hpp"
#include "bindings/variants.hpp"
#include "network/effective_parameters.hpp"
#include "network/inference.hpp"
#include "network/network.hpp"

namespace py = pybind11;

namespace digitcompress::bindings {
namespace {

std::array<int, 3> extents(const Shape& shape) { return {shape.channels, shape.height, shape.width}; }

// Layer, name or empty, names of its inputs or none, weight of its own loss.
using NodeArguments = std::tuple<Layer, std::string, std::vector<std::string>, double>;

std::shared_ptr<Network> make_network(const std::array<int, 3>& input, const std::vector<NodeArguments>& nodes,
                                      const std::string& initializer, std::uint64_t seed) {
  std::vector<NodeSpec> specs;
  for (const auto& [layer, name, inputs, loss_weight] : nodes) specs.push_back({layer, name, inputs, loss_weight});
  return std::make_shared<Network>(Shape{input[0], input[1], input[2]}, specs, initializer, seed);
}

// A view of the arena that keeps its network alive.
py::array parameter_view(const std::shared_ptr<Network>& network, const std::string& name) {
  const Parameter& parameter = network->parameters()[static_cast<std::size_t>(network->parameter_index(name))];
  return parameter_array(parameter, network->values(parameter).data(), py::cast(network));
}

py::array effective_copy(const Network& network, const std::string& name) {
  const int index = network.parameter_index(name);
  const Parameter& parameter = network.parameters()[static_cast<std::size_t>(index)];
  const EffectiveParameters effective(network, nullptr);
  return parameter_array(parameter, effective.parameter(index));
}

py::dict node_info(const Network& network, const Node& node) {
  py::list parameters, inputs, input_shapes;
  for (const int index : node.parameters) parameters.append(network.parameter(index).name);
  for (const int index : node.inputs) inputs.append(index == kNetworkInput ? "input" : network.node(index).name);
  for (const Shape& shape : node.input_shapes) input_shapes.append(extents(shape));
  const auto multiply_adds = std::visit([&](const auto& layer) { return layer.multiply_adds(node.input()); }, node.layer);
  py::dict info;
  info["name"] = node.name;
  info["layer"] = node.layer;
  info["inputs"] = inputs;
  info["input_shapes"] = input_shapes;
  info["output_shape"] = extents(node.output);
  info["parameters"] = parameters;
  info["multiply_adds"] = multiply_adds;
  info["loss_weight"] = node.loss_weight;
  return info;
}

py::list nodes(const Network& network) {
  py::list infos;
  const std::vector<char> needed = network.needed_for(network.node_count() - 1);
  for (std::size_t i = 0; i < needed.size(); i++) {
    infos.append(node_info(network, network.nodes()[i]));
    infos[i]["predicts"] = needed[i] != 0;
  }
  return infos;
}

py::list parameters(const Network& network) {
  py::list infos;
  for (const Parameter& parameter : network.parameters()) {
    infos.append(py::make_tuple(parameter.name, py::tuple(py::cast(parameter.shape)), parameter.trainable));
  }
  return infos;
}

py::array forward(const Network& network, const ImageView& view, const std::string& node, int threads) {
  const int index = network.node_index(node);
  require<ShapeError>(view.images().features == network.input().count(), "images must have ", network.input().count(),
                      " values a sample, got ", view.images().features);
  const py::ssize_t features = network.nodes()[static_cast<std::size_t>(index)].output.count();
  py::array_t<float> outputs({static_cast<py::ssize_t>(view.images().count), features});
  PythonProgress watch(py::none{});
  float* place = outputs.mutable_data();
  {
    const py::gil_scoped_release release;
    forward_all(network, view.images(), index, threads, watch.progress(), place);
  }
  watch.rethrow();
  return outputs;
}

std::string logits_node(const Network& network) { return network.nodes()[static_cast<std::size_t>(network.logits_node())].name; }

}  // namespace

void bind_network(py::module_& module) {
  py::class_<ImageView>(module, "ImageView", "A (samples, features) uint8 or float32 array, seen by the core without a copy.")
      .def(py::init<py::array>(), py::arg("array"))
      .def_property_readonly("address", &ImageView::address, "Where the core reads the first pixel.");

  py::class_<Network, std::shared_ptr<Network>>(module, "NetworkCore", "Structure and parameters of a network.")
      .def(py::init(&make_network), py::arg("input"), py::arg("nodes"), py::arg("initializer"), py::arg("seed"))
      .def("nodes", &nodes, "A dict for each node, in order.")
      .def("parameters", &parameters, "(name, shape, trainable) of each parameter, in the arena's order.")
      .def("parameter_view", &parameter_view, py::arg("name"), "Writable view of the stored values.")
      .def("effective_copy", &effective_copy, py::arg("name"), "The values a forward pass computes with.")
      .def("logits_node", &logits_node, "Name of the node whose output losses and predictions read.")
      .def("forward", &forward, py::arg("images"), py::arg("node"), py::arg("threads"), "Output of a node, (samples, features).");
}

}  // namespace digitcompress::bindings
