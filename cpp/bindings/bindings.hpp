#pragma once
#include <pybind11/pybind11.h>

namespace digitcompress::bindings {

void bind_errors(pybind11::module_& module);
void bind_io(pybind11::module_& module);
void bind_runtime(pybind11::module_& module);

}  // namespace digitcompress::bindings
