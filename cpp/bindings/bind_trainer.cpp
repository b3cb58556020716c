#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "bindings/arrays.hpp"
#include "bindings/bindings.hpp"
#include "bindings/progress.hpp"
#include "bindings/records.hpp"
#include "bindings/variants.hpp"
#include "training/trainer.hpp"

namespace py = pybind11;

namespace digitcompress::bindings {
namespace {

using Rules = std::tuple<Loss, Optimizer, Schedule, std::vector<Augmentation>>;

TrainingOptions options_of(const Rules& rules, const py::dict& settings) {
  TrainingOptions options;
  std::tie(options.loss, options.optimizer, options.schedule, options.augmentation) = rules;
  options.total_steps = settings["total_steps"].cast<std::int64_t>();
  options.batch_size = settings["batch_size"].cast<std::int64_t>();
  options.record_every = settings["record_every"].cast<std::int64_t>();
  options.records_epochs = settings["records_epochs"].cast<bool>();
  options.first_step = settings["first_step"].cast<std::int64_t>();
  options.gradient_samples = settings["gradient_samples"].cast<double>();
  options.class_weights = settings["class_weights"].cast<std::vector<float>>();
  options.seed = settings["seed"].cast<std::uint64_t>();
  options.threads = settings["threads"].cast<int>();
  return options;
}

py::dict stacked(const std::vector<Record>& records, py::ssize_t classes, std::int64_t validated) {
  py::dict dict;
  dict["step"] = records_array(records, [](const Record& r) { return static_cast<double>(r.step); });
  dict["epoch"] = records_array(records, [](const Record& r) { return static_cast<double>(r.epoch); });
  dict["samples"] = records_array(records, [](const Record& r) { return static_cast<double>(r.samples); });
  dict["learning_rate"] = records_array(records, [](const Record& r) { return r.learning_rate; });
  add_tallies(dict, "", records, classes, [](const Record& r) -> const Tally& { return r.tally; });
  if (!records.empty() && records.front().validation) {
    dict["val_samples"] = records_array(records, [&](const Record&) { return static_cast<double>(validated); });
    add_tallies(dict, "val_", records, classes, [](const Record& r) -> const Tally& { return *r.validation; });
  }
  return dict;
}

// A trainer with the network and the arrays that it borrows.
class BoundTrainer {
 public:
  using Data = std::pair<ImageView, Labels>;

  BoundTrainer(std::shared_ptr<Network> network, Data data, std::optional<Data> validation, TrainingOptions options,
               std::optional<FloatArray> sample_weights)
      : network_(std::move(network)),
        data_(std::move(data)),
        validation_(std::move(validation)),
        sample_weights_(std::move(sample_weights)),
        trainer_(*network_, labelled(*network_, data_.first, data_.second), held_out(), with_weights(std::move(options))) {}

  // Whether it got there; Ctrl-C stops it.
  bool run(std::int64_t steps, const py::object& callback) {
    PythonProgress watch(callback);
    {
      const py::gil_scoped_release release;
      static_cast<void>(trainer_.run(steps, watch.progress()));
    }
    return !watch.interrupted();
  }

  [[nodiscard]] const Network& network() const { return *network_; }
  [[nodiscard]] const Trainer& trainer() const { return trainer_; }
  [[nodiscard]] Trainer& trainer() { return trainer_; }
  [[nodiscard]] TrainingState& state() { return trainer_.state(); }
  [[nodiscard]] py::dict stack(const std::vector<Record>& records) const {
    return stacked(records, classes(), validation_ ? validation_->first.images().count : 0);
  }
  // Classes that predictions are counted by; 0 where the output is compared with the input.
  [[nodiscard]] int classes() const { return trainer_.state().epoch.tally.classes; }

 private:
  [[nodiscard]] LabelledImages held_out() const {
    return validation_ ? labelled(*network_, validation_->first, validation_->second) : LabelledImages{};
  }
  [[nodiscard]] TrainingOptions with_weights(TrainingOptions options) const {
    if (sample_weights_) options.sample_weights = sample_weights_->data();
    return options;
  }

  std::shared_ptr<Network> network_;
  Data data_;
  std::optional<Data> validation_;
  std::optional<FloatArray> sample_weights_;
  Trainer trainer_;
};

BoundTrainer make_trainer(std::shared_ptr<Network> network, BoundTrainer::Data data, std::optional<BoundTrainer::Data> validation,
                          const Rules& rules, const py::dict& settings, std::optional<FloatArray> sample_weights) {
  return {std::move(network), std::move(data), std::move(validation), options_of(rules, settings), std::move(sample_weights)};
}

// Views of the optimizer's numbers, a dict by parameter for each slot; they keep the trainer alive.
py::list optimizer_state(const py::object& self) {
  auto& trainer = self.cast<BoundTrainer&>();
  py::list slots;
  for (auto& slot : trainer.state().slots) {
    py::dict views;
    for (const Parameter& parameter : trainer.network().parameters()) {
      if (!parameter.trainable) continue;
      views[parameter.name.c_str()] = parameter_array(parameter, slot.data() + parameter.offset, self);
    }
    slots.append(views);
  }
  return slots;
}

py::dict unfinished_epoch(BoundTrainer& self) { return self.stack({self.state().epoch}); }

// Factor, best metric, epochs since.
py::array_t<double> schedule_state(BoundTrainer& self) {
  const ScheduleState& state = self.state().schedule;
  const std::array<double, 3> values = {state.factor, state.best, static_cast<double>(state.waited)};
  return py::array_t<double>(3, values.data());
}

ScheduleState as_schedule_state(const DoubleArray& values) {
  require<StateError>(values.size() == 3, "resume: the schedule must have three numbers, got ", values.size());
  return {values.data()[0], values.data()[1], static_cast<std::int64_t>(values.data()[2])};
}

void resume(BoundTrainer& self, std::int64_t step, std::int64_t samples, const DoubleArray& schedule, const py::dict& unfinished) {
  const auto confusion = unfinished["confusion"].cast<py::array_t<std::int64_t, py::array::c_style>>();
  const auto class_loss = unfinished["class_loss_sum"].cast<DoubleArray>();
  const auto loss = unfinished["loss_sum"].cast<DoubleArray>();
  Tally tally = self.state().epoch.tally;
  require<StateError>(step >= 0 && samples >= 0, "resume: step and samples must be at least 0, got ", step, " and ", samples);
  require<StateError>(loss.size() == 1 && static_cast<std::size_t>(confusion.size()) == tally.confusion.size() &&
                          static_cast<std::size_t>(class_loss.size()) == tally.class_loss.size(),
                      "resume: the unfinished epoch must be of ", tally.classes, " classes, got ", class_loss.size());
  std::copy_n(confusion.data(), confusion.size(), tally.confusion.begin());
  std::copy_n(class_loss.data(), class_loss.size(), tally.class_loss.begin());
  tally.loss = loss.data()[0];
  self.trainer().resume(step, as_schedule_state(schedule), tally, samples);
}

}  // namespace

void bind_trainer(py::module_& module) {
  py::class_<BoundTrainer>(module, "Trainer", "Trains a network in place, piece by piece.")
      .def(py::init(&make_trainer), py::arg("network"), py::arg("data"), py::arg("validation"), py::arg("rules"), py::arg("settings"),
           py::arg("sample_weights"))
      .def("run", &BoundTrainer::run, py::arg("steps"), py::arg("callback"), "Go so many steps on; False when Ctrl-C stopped it before.")
      .def_property_readonly("step", [](BoundTrainer& self) { return self.state().step; })
      .def_property_readonly("steps_per_epoch", [](const BoundTrainer& self) { return self.trainer().steps_per_epoch(); })
      .def_property_readonly(
          "epoch_samples", [](BoundTrainer& self) { return self.state().epoch.samples; }, "Samples of the unfinished epoch.")
      .def("step_records", [](const BoundTrainer& self) { return self.stack(self.trainer().step_records()); })
      .def("epoch_records", [](const BoundTrainer& self) { return self.stack(self.trainer().epoch_records()); })
      .def("last_epoch", [](const BoundTrainer& self) { return self.stack({self.trainer().epoch_records().back()}); })
      .def("unfinished_epoch", &unfinished_epoch, "The record of the epoch so far.")
      .def(
          "running",
          [](const BoundTrainer& self) {
            const Running running = self.trainer().running();
            return std::pair(running.loss, running.accuracy);
          },
          "Mean loss and accuracy of the epoch so far.")
      .def("schedule_state", &schedule_state, "What the schedule remembers of the epochs.")
      .def("optimizer_state", &optimizer_state, "Views of the optimizer's numbers: for each slot a dict by parameter.")
      .def("resume", &resume, py::arg("step"), py::arg("samples"), py::arg("schedule"), py::arg("unfinished"),
           "Stand where another trainer stood.");
}

}  // namespace digitcompress::bindings
