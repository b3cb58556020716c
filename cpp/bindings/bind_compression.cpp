#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <span>
#include <string>

#include "bindings/arrays.hpp"
#include "bindings/bindings.hpp"
#include "network/network.hpp"
#include "pruning/criteria.hpp"
#include "quantization/number_formats.hpp"

namespace py = pybind11;

namespace digitcompress::bindings {
namespace {

std::span<float> span_of(py::array_t<float>& array) { return {array.mutable_data(), static_cast<std::size_t>(array.size())}; }

py::array_t<float> copy_of(const FloatArray& values) {
  py::array_t<float> copy(std::vector<py::ssize_t>(values.shape(), values.shape() + values.ndim()));
  std::copy(values.data(), values.data() + values.size(), copy.mutable_data());
  return copy;
}

py::array round_to_format(const FloatArray& values, const std::string& format, int bits) {
  require_bits("fake_quantize", bits);
  py::array_t<float> rounded = copy_of(values);
  find_number_format(format).round_nearest(span_of(rounded), bits);
  return rounded;
}

py::array round_stochastically(const FloatArray& values, const std::string& format, int bits, std::uint64_t seed, std::uint64_t stream) {
  require_bits("fake_quantize", bits);
  py::array_t<float> rounded = copy_of(values);
  find_number_format(format).round_stochastic(span_of(rounded), bits, seed, stream);
  return rounded;
}

py::array kept_mask(const FloatArray& values, const std::string& criterion, double sparsity) {
  const auto size = static_cast<std::size_t>(values.size());
  py::array_t<bool> mask(std::vector<py::ssize_t>(values.shape(), values.shape() + values.ndim()));
  kept(find_pruning_criterion(criterion), sparsity, {values.data(), size}, {mask.mutable_data(), size});
  return mask;
}

void add_pruning(Network& network, const std::string& parameter, const std::string& criterion, double sparsity) {
  network.add_transform(network.parameter_index(parameter), pruning_mask(find_pruning_criterion(criterion), sparsity));
}

void add_quantization(Network& network, const std::string& parameter, const std::string& format, int weight_bits, int gradient_bits,
                      std::uint64_t seed) {
  const int index = network.parameter_index(parameter);
  network.add_transform(index,
                        fake_quantization(find_number_format(format), weight_bits, gradient_bits, seed, static_cast<std::uint64_t>(index)));
}

template <class Row>
py::dict docs_of(std::span<const Row> rows) {
  py::dict docs;
  for (const Row& row : rows) docs[row.name] = row.doc;
  return docs;
}

}  // namespace

void bind_compression(py::module_& module) {
  module.attr("NUMBER_FORMATS") = docs_of(number_formats());
  module.attr("PRUNING_CRITERIA") = docs_of(pruning_criteria());
  module.def("format_has_scale", [](const std::string& format) { return find_number_format(format).has_scale; }, py::arg("format"));
  module.def(
      "code_bits", [](const std::string& format, int bits) { return find_number_format(format).code_bits(bits); }, py::arg("format"),
      py::arg("bits"), "Bits a stored code takes.");
  module.def("round_to_format", &round_to_format, py::arg("values"), py::arg("format"), py::arg("bits"));
  module.def("round_stochastically", &round_stochastically, py::arg("values"), py::arg("format"), py::arg("bits"), py::arg("seed"),
             py::arg("stream"));
  module.def("kept", &kept_mask, py::arg("values"), py::arg("criterion"), py::arg("sparsity"), "Which weights survive pruning.");
  module.def("add_pruning", &add_pruning, py::arg("network"), py::arg("parameter"), py::arg("criterion"), py::arg("sparsity"),
             "Mask a parameter of a network that is not shared yet.");
  module.def("add_quantization", &add_quantization, py::arg("network"), py::arg("parameter"), py::arg("format"), py::arg("weight_bits"),
             py::arg("gradient_bits"), py::arg("seed"),
             "Fake-quantize a parameter (0 bits: leave alone) of a network that is not shared yet.");
}

}  // namespace digitcompress::bindings
