#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <string>
#include <utility>
#include <vector>

#include "bindings/arrays.hpp"
#include "bindings/bindings.hpp"
#include "bindings/described.hpp"
#include "bindings/progress.hpp"
#include "bindings/records.hpp"
#include "training/contracts.hpp"
#include "training/trainer.hpp"

namespace digitcompress::bindings {
namespace {

py::dict evaluate_tally(const Network& network, const ImageView& images, const Labels& labels, const Loss& loss, int threads) {
  const LabelledImages data = labelled(network, images, labels);
  PythonProgress watch(py::none{});
  std::vector<Record> records(1, Record{0, 0, data.images.count, 0.0, Tally(network.classes()), std::nullopt});
  {
    const py::gil_scoped_release release;
    records[0].tally = evaluate(network, data, loss, threads, watch.progress());
  }
  watch.rethrow();
  py::dict dict;
  add_tallies(dict, "", records, network.classes(), [](const Record& r) -> const Tally& { return r.tally; });
  return dict;
}

std::pair<py::array, py::array> bound_loss_gradient(const Loss& loss, const FloatArray& logits, const Labels& labels) {
  require<ShapeError>(logits.ndim() == 2 && labels.ndim() == 1 && labels.size() == logits.shape(0),
                      "logits must be (samples, classes) with one label a sample");
  py::array_t<float> losses(labels.size()), gradient({logits.shape(0), logits.shape(1)});
  loss_gradient(loss, logits.data(), labels.data(), labels.size(), static_cast<int>(logits.shape(1)), losses.mutable_data(),
                gradient.mutable_data());
  return {losses, gradient};
}

py::array bound_optimizer_steps(const Optimizer& optimizer, const FloatArray& parameter, const FloatArray& gradients) {
  require<ShapeError>(parameter.ndim() == 1 && gradients.ndim() == 2 && gradients.shape(1) == parameter.size(),
                      "gradients must be (steps, size of the parameter)");
  py::array_t<float> values(parameter.size());
  std::copy(parameter.data(), parameter.data() + parameter.size(), values.mutable_data());
  optimizer_steps(optimizer, {values.mutable_data(), static_cast<std::size_t>(values.size())}, gradients.data(), gradients.shape(0));
  return values;
}

py::dict network_gradient(const Network& network, const ImageView& images, const Labels& labels, const Loss& loss, int threads) {
  const AlignedVector<float> arena = mean_gradient(network, labelled(network, images, labels), loss, threads);
  py::dict gradients;
  for (const Parameter& parameter : network.parameters()) {
    gradients[parameter.name.c_str()] =
        py::array_t<float>(std::vector<py::ssize_t>(parameter.shape.begin(), parameter.shape.end()), arena.data() + parameter.offset);
  }
  return gradients;
}

template <class Variant>
py::dict bind_family(py::module_& module, const char* public_module) {
  py::dict classes;
  for_each_alternative<Variant>([&]<class Kind>(const Kind&) { classes[Kind::kKey] = bind_described<Kind>(module, public_module); });
  return classes;
}

}  // namespace

void bind_training(py::module_& module) {
  module.attr("LOSSES") = bind_family<Loss>(module, "digitcompress.losses");
  module.attr("OPTIMIZERS") = bind_family<Optimizer>(module, "digitcompress.optimizers");
  module.def("evaluate", &evaluate_tally, py::arg("network"), py::arg("images"), py::arg("labels"), py::arg("loss"), py::arg("threads"));
  module.def("loss_gradient", &bound_loss_gradient, py::arg("loss"), py::arg("logits"), py::arg("labels"),
             "Loss of each sample and its gradient with respect to the logits.");
  module.def("optimizer_steps", &bound_optimizer_steps, py::arg("optimizer"), py::arg("parameter"), py::arg("gradients"),
             "The parameter after one step a row of gradients.");
  module.def("network_gradient", &network_gradient, py::arg("network"), py::arg("images"), py::arg("labels"), py::arg("loss"),
             py::arg("threads") = 0, "Mean gradient of each parameter.");
}

}  // namespace digitcompress::bindings
