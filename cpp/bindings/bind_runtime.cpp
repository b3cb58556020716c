#include <Eigen/Core>

#include <string>

#include "bindings/bindings.hpp"
#include "core/thread_pool.hpp"

namespace py = pybind11;

namespace digitcompress::bindings {
namespace {

std::string eigen_version() {
  return std::to_string(EIGEN_WORLD_VERSION) + "." + std::to_string(EIGEN_MAJOR_VERSION) + "." + std::to_string(EIGEN_MINOR_VERSION);
}

}  // namespace

void bind_runtime(py::module_& module) {
  module.attr("level") = DIGITCOMPRESS_LEVEL;
  module.attr("compiler") = __VERSION__;
  module.attr("eigen_version") = eigen_version();
  module.def("default_threads", &default_threads, "Threads a call uses unless told otherwise.");
}

}  // namespace digitcompress::bindings
