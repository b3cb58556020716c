#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "bindings/arrays.hpp"
#include "bindings/bindings.hpp"
#include "bindings/variants.hpp"
#include "training/augmenter.hpp"
#include "training/contracts.hpp"

// The rules of training as classes, and single pieces of them on plain arrays.
namespace digitcompress::bindings {
namespace {

std::pair<py::array, py::array> bound_loss_gradient(const Loss& loss, const FloatArray& logits, const Labels& labels) {
  require<ShapeError>(logits.ndim() == 2 && labels.ndim() == 1 && labels.size() == logits.shape(0),
                      "logits must be (samples, classes) with one label a sample");
  py::array_t<float> losses(labels.size()), gradient({logits.shape(0), logits.shape(1)});
  loss_gradient(loss, logits.data(), labels.data(), labels.size(), static_cast<int>(logits.shape(1)), losses.mutable_data(),
                gradient.mutable_data());
  return {losses, gradient};
}

std::pair<py::array, py::array> bound_reconstruction_gradient(const Loss& loss, const FloatArray& outputs, const FloatArray& targets) {
  require<ShapeError>(
      outputs.ndim() == 2 && targets.ndim() == 2 && targets.shape(0) == outputs.shape(0) && targets.shape(1) == outputs.shape(1),
      "outputs and targets must both be (samples, features)");
  py::array_t<float> losses(outputs.shape(0)), gradient({outputs.shape(0), outputs.shape(1)});
  reconstruction_gradient(loss, outputs.data(), targets.data(), outputs.shape(0), static_cast<int>(outputs.shape(1)), losses.mutable_data(),
                          gradient.mutable_data());
  return {losses, gradient};
}

py::array bound_optimizer_steps(const Optimizer& optimizer, const FloatArray& parameter, const FloatArray& gradients,
                                const std::vector<float>& rate_factors) {
  require<ShapeError>(parameter.ndim() == 1 && gradients.ndim() == 2 && gradients.shape(1) == parameter.size(),
                      "gradients must be (steps, size of the parameter)");
  require<ShapeError>(rate_factors.empty() || static_cast<py::ssize_t>(rate_factors.size()) == gradients.shape(0),
                      "rate_factors must be one for each of ", gradients.shape(0), " steps, got ", rate_factors.size());
  py::array_t<float> values(parameter.size());
  std::copy(parameter.data(), parameter.data() + parameter.size(), values.mutable_data());
  optimizer_steps(optimizer, {values.mutable_data(), static_cast<std::size_t>(values.size())}, gradients.data(), gradients.shape(0),
                  rate_factors);
  return values;
}

py::array_t<double> bound_schedule_factors(const Schedule& schedule, std::int64_t total_steps, std::int64_t steps_per_epoch,
                                           const std::vector<double>& metrics) {
  require(total_steps >= 0, "factors: total_steps must be at least 0, got ", total_steps);
  require(steps_per_epoch >= 1, "factors: steps_per_epoch must be at least 1, got ", steps_per_epoch);
  py::array_t<double> factors(total_steps);
  schedule_factors(schedule, steps_per_epoch, metrics, {factors.mutable_data(), static_cast<std::size_t>(total_steps)});
  return factors;
}

py::array bound_augment(const ImageView& view, const std::array<int, 3>& shape, std::vector<Augmentation> sequence, std::uint64_t seed,
                        std::uint64_t epoch, int threads) {
  const Images& images = view.images();
  const bool bytes = images.bytes != nullptr;
  py::array changed(bytes ? py::dtype::of<std::uint8_t>() : py::dtype::of<float>(), {images.count, std::int64_t{images.features}});
  AugmentedRows rows;
  if (bytes)
    rows.bytes = static_cast<std::uint8_t*>(changed.mutable_data());
  else
    rows.floats = static_cast<float*>(changed.mutable_data());
  const py::gil_scoped_release release;
  Augmenter(std::move(sequence), {shape[0], shape[1], shape[2]}, seed, threads).run(images, nullptr, images.count, epoch, rows);
  return changed;
}

// What Python makes the classes of a family of, by their keys.
template <class Variant>
py::dict descriptions() {
  py::dict family;
  for_each_alternative<Variant>([&]<class Kind>(const Kind&) { put(family, Kind::kKey, description<Kind>()); });
  return family;
}

}  // namespace

void bind_rules(py::module_& module) {
  module.attr("LOSSES") = descriptions<Loss>();
  module.attr("OPTIMIZERS") = descriptions<Optimizer>();
  module.attr("SCHEDULES") = descriptions<Schedule>();
  module.attr("AUGMENTATIONS") = descriptions<Augmentation>();
  module.def("reconstructs", &reconstructs, py::arg("loss"), "Whether the output is compared with the input instead of labels.");
  module.def("schedule_factors", &bound_schedule_factors, py::arg("schedule"), py::arg("total_steps"), py::arg("steps_per_epoch"),
             py::arg("metrics"), "What the learning rate is multiplied by at each step, float64.");
  module.def("augment", &bound_augment, py::arg("images"), py::arg("shape"), py::arg("sequence"), py::arg("seed"), py::arg("epoch"),
             py::arg("threads"), "Changed copies of images of one shape.");
  module.def("loss_gradient", &bound_loss_gradient, py::arg("loss"), py::arg("logits"), py::arg("labels"),
             "Loss of each sample and its gradient with respect to the logits.");
  module.def("reconstruction_gradient", &bound_reconstruction_gradient, py::arg("loss"), py::arg("outputs"), py::arg("targets"),
             "Loss of each sample and its gradient with respect to the outputs.");
  module.def("optimizer_steps", &bound_optimizer_steps, py::arg("optimizer"), py::arg("parameter"), py::arg("gradients"),
             py::arg("rate_factors") = std::vector<float>{}, "The parameter after one step a row of gradients.");
}

}  // namespace digitcompress::bindings
