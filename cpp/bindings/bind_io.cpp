#include "bindings/bindings.hpp"

namespace digitcompress::bindings {

void bind_io(pybind11::module_&) {}

}  // namespace digitcompress::bindings
