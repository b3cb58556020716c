#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bindings/arrays.hpp"
#include "bindings/bindings.hpp"
#include "bindings/described.hpp"
#include "bindings/progress.hpp"
#include "training/contracts.hpp"
#include "training/trainer.hpp"

namespace digitcompress::bindings {
namespace {

LabelledImages labelled(const Network& network, const ImageView& view, const Labels& labels) {
  require<ShapeError>(view.images().features == network.input().count(), "images must have ", network.input().count(),
                      " values a sample, got ", view.images().features);
  require<ShapeError>(labels.ndim() == 1 && labels.size() == view.images().count, "labels must have one entry for each of ",
                      view.images().count, " images, got ", labels.size());
  require<DataError>(view.images().count > 0, "at least one image is needed, got 0");
  for (py::ssize_t i = 0; i < labels.size(); i++) {
    require<DataError>(labels.data()[i] >= 0 && labels.data()[i] < network.classes(), "labels must be in 0..", network.classes() - 1,
                       ", got ", labels.data()[i], " at index ", i);
  }
  return {view.images(), labels.data()};
}

template <class Use>
py::array records_array(const std::vector<Record>& records, const Use& use) {
  py::array_t<double> array(static_cast<py::ssize_t>(records.size()));
  for (std::size_t i = 0; i < records.size(); i++) array.mutable_data()[i] = use(records[i]);
  return array;
}

// Stacks the tallies that `pick` chooses: mean loss, confusion (records, C, C), summed loss by class (records, C).
template <class Pick>
void add_tallies(py::dict& to, const std::string& prefix, const std::vector<Record>& records, py::ssize_t classes, const Pick& pick) {
  const auto count = static_cast<py::ssize_t>(records.size());
  py::array_t<std::int64_t> confusion({count, classes, classes});
  py::array_t<double> class_loss({count, classes}), loss(count);
  for (py::ssize_t r = 0; r < count; r++) {
    const Tally& tally = pick(records[static_cast<std::size_t>(r)]);
    std::copy(tally.confusion.begin(), tally.confusion.end(), confusion.mutable_data() + r * classes * classes);
    std::copy(tally.class_loss.begin(), tally.class_loss.end(), class_loss.mutable_data() + r * classes);
    loss.mutable_data()[r] = tally.loss;
  }
  to[(prefix + "confusion").c_str()] = confusion;
  to[(prefix + "class_loss_sum").c_str()] = class_loss;
  to[(prefix + "loss_sum").c_str()] = loss;
}

py::dict result_dict(const TrainingResult& result, py::ssize_t classes) {
  py::dict dict;
  dict["step"] = records_array(result.records, [](const Record& r) { return static_cast<double>(r.step); });
  dict["epoch"] = records_array(result.records, [](const Record& r) { return static_cast<double>(r.epoch); });
  dict["samples"] = records_array(result.records, [](const Record& r) { return static_cast<double>(r.samples); });
  add_tallies(dict, "", result.records, classes, [](const Record& r) -> const Tally& { return r.tally; });
  if (!result.records.empty() && result.records.front().validation) {
    add_tallies(dict, "val_", result.records, classes, [](const Record& r) -> const Tally& { return *r.validation; });
  }
  dict["steps"] = result.steps;
  dict["interrupted"] = result.interrupted;
  return dict;
}

py::dict fit(Network& network, const ImageView& images, const Labels& labels,
             const std::optional<std::pair<const ImageView*, Labels>>& validation, const Loss& loss, const Optimizer& optimizer,
             const py::dict& schedule, const py::object& sample_weights, std::vector<float> class_weights, const py::object& callback) {
  TrainingOptions options;
  options.loss = loss;
  options.optimizer = optimizer;
  options.epochs = schedule["epochs"].cast<std::int64_t>();
  options.batch_size = schedule["batch_size"].cast<std::int64_t>();
  options.record_every = schedule["record_every"].cast<std::int64_t>();
  options.first_step = schedule["first_step"].cast<std::int64_t>();
  options.gradient_samples = schedule["gradient_samples"].cast<double>();
  options.seed = schedule["seed"].cast<std::uint64_t>();
  options.threads = schedule["threads"].cast<int>();
  options.class_weights = std::move(class_weights);
  FloatArray weights;
  if (!sample_weights.is_none()) {
    weights = sample_weights.cast<FloatArray>();
    options.sample_weights = weights.data();
  }
  const LabelledImages data = labelled(network, images, labels);
  LabelledImages held_out;
  if (validation) held_out = labelled(network, *validation->first, validation->second);
  PythonProgress watch(callback);
  TrainingResult result;
  {
    const py::gil_scoped_release release;
    result = train(network, data, held_out, options, watch.progress());
  }
  result.interrupted = watch.interrupted();
  return result_dict(result, network.classes());
}

py::dict evaluate_tally(const Network& network, const ImageView& images, const Labels& labels, const Loss& loss, int threads) {
  const LabelledImages data = labelled(network, images, labels);
  PythonProgress watch(py::none{});
  std::vector<Record> records(1, Record{0, 0, data.images.count, Tally(network.classes()), std::nullopt});
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
  module.def("fit", &fit, py::arg("network"), py::arg("images"), py::arg("labels"), py::arg("validation"), py::arg("loss"),
             py::arg("optimizer"), py::arg("schedule"), py::arg("sample_weights"), py::arg("class_weights"), py::arg("callback"),
             "Train in place; a dict of stacked records.");
  module.def("evaluate", &evaluate_tally, py::arg("network"), py::arg("images"), py::arg("labels"), py::arg("loss"), py::arg("threads"));
  module.def("loss_gradient", &bound_loss_gradient, py::arg("loss"), py::arg("logits"), py::arg("labels"),
             "Loss of each sample and its gradient with respect to the logits.");
  module.def("optimizer_steps", &bound_optimizer_steps, py::arg("optimizer"), py::arg("parameter"), py::arg("gradients"),
             "The parameter after one step a row of gradients.");
  module.def("network_gradient", &network_gradient, py::arg("network"), py::arg("images"), py::arg("labels"), py::arg("loss"),
             py::arg("threads") = 0, "Mean gradient of each parameter.");
}

}  // namespace digitcompress::bindings
