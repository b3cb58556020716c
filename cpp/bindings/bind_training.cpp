#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <string>
#include <utility>
#include <vector>

#include "bindings/arrays.hpp"
#include "bindings/bindings.hpp"
#include "bindings/progress.hpp"
#include "bindings/records.hpp"
#include "bindings/variants.hpp"
#include "training/batch.hpp"
#include "training/trainer.hpp"

namespace digitcompress::bindings {
namespace {

py::dict evaluate_tally(const Network& network, const ImageView& images, const Labels& labels, const Loss& loss, int threads) {
  const LabelledImages data = labelled(network, images, labels);
  PythonProgress watch(py::none{});
  std::vector<Record> records(1, Record{0, 0, data.images.count, 0.0, Tally(tally_classes(network, loss)), std::nullopt});
  {
    const py::gil_scoped_release release;
    records[0].tally = evaluate(network, data, loss, threads, watch.progress());
  }
  watch.rethrow();
  py::dict dict;
  add_tallies(dict, "", records, records[0].tally.classes, [](const Record& r) -> const Tally& { return r.tally; });
  return dict;
}

py::dict network_gradient(const Network& network, const ImageView& images, const Labels& labels, const Loss& loss, int threads) {
  const LabelledImages data = labelled(network, images, labels);
  PythonProgress watch(py::none{});
  AlignedVector<float> arena;
  {
    const py::gil_scoped_release release;
    arena = mean_gradient(network, data, loss, threads, watch.progress());
  }
  watch.rethrow();
  py::dict gradients;
  for (const Parameter& parameter : network.parameters()) {
    gradients[parameter.name.c_str()] = parameter_array(parameter, arena.data() + parameter.offset);
  }
  return gradients;
}

}  // namespace

void bind_training(py::module_& module) {
  module.def("evaluate", &evaluate_tally, py::arg("network"), py::arg("images"), py::arg("labels"), py::arg("loss"), py::arg("threads"));
  module.def("network_gradient", &network_gradient, py::arg("network"), py::arg("images"), py::arg("labels"), py::arg("loss"),
             py::arg("threads") = 0, "Mean gradient of each parameter.");
}

}  // namespace digitcompress::bindings
