#include "bindings/bindings.hpp"
#include "core/machine_floors.hpp"
#include "core/processor_level.hpp"
#include "core/thread_pool.hpp"

namespace py = pybind11;

namespace digitcompress::bindings {
namespace {

py::dict machine_floors(int threads) {
  MachineFloors floors{};
  {
    const py::gil_scoped_release release;
    floors = measure_machine_floors(threads);
  }
  py::dict named;
  named["float_flops"] = floors.float_flops;
  named["double_flops"] = floors.double_flops;
  named["read_bytes"] = floors.read_bytes;
  named["round_trip"] = floors.round_trip;
  return named;
}

}  // namespace

void bind_runtime(py::module_& module) {
  module.attr("level") = processor_level();
  module.attr("compiler") = __VERSION__;
  module.attr("eigen_version") = DIGITCOMPRESS_EIGEN;
  module.def("default_threads", &default_threads, "Threads a call uses unless told otherwise.");
  module.def("machine_floors", &machine_floors, py::arg("threads") = 0,
             "Measure multiply-adds in registers, reading from memory (operations and bytes a second) and a round trip between threads.");
}

}  // namespace digitcompress::bindings
