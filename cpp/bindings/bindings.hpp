#pragma once
#include <pybind11/pybind11.h>

namespace digitcompress::bindings {

void bind_errors(pybind11::module_& module);
void bind_runtime(pybind11::module_& module);
void bind_io(pybind11::module_& module);
void bind_layers(pybind11::module_& module);
void bind_network(pybind11::module_& module);
void bind_prediction(pybind11::module_& module);
void bind_compression(pybind11::module_& module);
void bind_rules(pybind11::module_& module);
void bind_trainer(pybind11::module_& module);
void bind_training(pybind11::module_& module);
void bind_faithful(pybind11::module_& module);

}  // namespace digitcompress::bindings
