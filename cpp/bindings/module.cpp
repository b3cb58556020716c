#include "bindings/bindings.hpp"

namespace py = pybind11;

namespace {

void bind_all(py::module_& module) {
  using namespace digitcompress::bindings;
  module.doc() = "Compiled core of digitcompress; use the public names of the digitcompress package.";
  bind_errors(module);
  bind_runtime(module);
  bind_io(module);
  bind_layers(module);
  bind_network(module);
  bind_prediction(module);
  bind_compression(module);
  bind_rules(module);
  bind_training(module);
  bind_trainer(module);
  bind_faithful(module);
}

}  // namespace

// Python enters a module by a function of the module's name: one for each level that these bindings may be linked with.
PYBIND11_MODULE(_core_v2, module, py::mod_gil_not_used()) { bind_all(module); }
PYBIND11_MODULE(_core_v3, module, py::mod_gil_not_used()) { bind_all(module); }
PYBIND11_MODULE(_core_v4, module, py::mod_gil_not_used()) { bind_all(module); }
PYBIND11_MODULE(_core_armv8, module, py::mod_gil_not_used()) { bind_all(module); }
