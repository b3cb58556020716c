#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "bindings/bindings.hpp"
#include "bindings/progress.hpp"
#include "core/error.hpp"
#include "core/registry.hpp"
#include "training/faithful_mlp.hpp"

namespace digitcompress::bindings {
namespace {

constexpr py::ssize_t kMostValues = 65'536;  // pixels of an image, units of a layer

struct Compression {
  const char* name;
  bool quantized, pruned;
};
constexpr std::array kCompressions{Compression{"none", false, false}, Compression{"quantized", true, false},
                                   Compression{"pruned", false, true}, Compression{"both", true, true}};

std::string text(const py::handle& object) { return py::str(object); }

template <class Element>
const Element* elements(const py::array& array, const char* name) {
  require<DataError>(array.dtype().equal(py::dtype::of<Element>()) && (array.flags() & py::array::c_style) != 0, "faithful mode: ", name,
                     " must be C-contiguous ", text(py::dtype::of<Element>()), ", got ", text(array.dtype()));
  return static_cast<const Element*>(array.data());
}

FaithfulImages images_of(const py::array& images, const std::optional<py::array>& labels) {
  require<ShapeError>(images.ndim() >= 2, "faithful mode: images must have a row for each image, got ", images.ndim(), " dimensions");
  FaithfulImages view;
  view.count = images.shape(0);
  py::ssize_t features = 1;
  for (py::ssize_t d = 1; d < images.ndim(); d++) features = std::min(features * images.shape(d), kMostValues + 1);
  require<ShapeError>(features >= 1 && features <= kMostValues, "faithful mode: an image must have 1..", kMostValues, " pixels, got ",
                      features);
  view.features = static_cast<int>(features);
  if (images.dtype().equal(py::dtype::of<double>()))
    view.reals = elements<double>(images, "images");
  else
    view.bytes = elements<std::uint8_t>(images, "images (uint8 or float64)");
  if (!labels) return view;
  require<ShapeError>(labels->ndim() == 1 && labels->size() == view.count, "faithful mode: labels must be one for each of ", view.count,
                      " images, got ", labels->size(), " in ", labels->ndim(), " dimensions");
  view.labels = elements<std::int64_t>(*labels, "labels");
  return view;
}

std::vector<double> start_array(const py::array& array, int rows, int columns, const std::string& name) {
  const bool is_bias = columns == 1;
  const bool fits =
      array.ndim() >= 1 && array.shape(0) == rows && (array.ndim() == 2 ? array.shape(1) == columns : array.ndim() == 1 && is_bias);
  require<ShapeError>(fits, "faithful mode: ", name, " must have shape (", rows, ", ", columns, ")", is_bias ? " or one dimension" : "",
                      ", got ", text(array.attr("shape")));
  const auto* values = elements<double>(array, name.c_str());
  return {values, values + array.size()};
}

FaithfulWeights weights_of(const std::vector<py::array>& arrays) {
  require<ShapeError>(arrays.size() == 4 || arrays.size() == 6, "faithful mode: start must be W1, b1, W2, b2 or W1 … b3, got ",
                      arrays.size(), " arrays");
  FaithfulWeights weights;
  for (std::size_t i = 0; i < arrays.size(); i += 2) {
    const std::string number = std::to_string(i / 2 + 1);
    const py::array& matrix = arrays[i];
    require<ShapeError>(
        matrix.ndim() == 2 && std::min(matrix.shape(0), matrix.shape(1)) >= 1 && std::max(matrix.shape(0), matrix.shape(1)) <= kMostValues,
        "faithful mode: W", number, " must have two dimensions of 1..", kMostValues, ", got ", text(matrix.attr("shape")));
    if (i == 0) weights.widths.push_back(static_cast<int>(matrix.shape(1)));
    const int inputs = weights.widths.back(), outputs = static_cast<int>(matrix.shape(0));
    weights.weights.push_back(start_array(matrix, outputs, inputs, "W" + number));
    weights.biases.push_back(start_array(arrays[i + 1], outputs, 1, "b" + number));
    weights.widths.push_back(outputs);
  }
  return weights;
}

FaithfulQuirks quirks_of(const py::dict& switches) {
  FaithfulQuirks quirks;
  for (const auto& item : switches) {
    const std::string name = text(item.first);
    bool known = false;
    std::apply(
        [&](const auto&... field) {
          ((name == field.name ? (known = true, quirks.*field.member = item.second.template cast<bool>()) : false), ...);
        },
        FaithfulQuirks::fields());
    require<DataError>(known, "faithful mode: unknown quirk '", name, "'; faithful_quirks() lists the known ones");
  }
  return quirks;
}

py::dict quirk_docs() {
  py::dict docs;
  std::apply([&](const auto&... field) { ((docs[field.name] = field.doc), ...); }, FaithfulQuirks::fields());
  return docs;
}

// Weights as arrays of the shapes that the start had.
py::tuple arrays_of(const FaithfulWeights& weights, const std::vector<py::array>& shapes) {
  py::tuple arrays(shapes.size());
  for (std::size_t i = 0; i < shapes.size(); i++) {
    const std::vector<double>& values = (i % 2 == 0 ? weights.weights : weights.biases)[i / 2];
    arrays[i] = py::array_t<double>(std::vector<py::ssize_t>(shapes[i].shape(), shapes[i].shape() + shapes[i].ndim()), values.data());
  }
  return arrays;
}

py::array_t<std::int64_t> confusion_of(const FaithfulTally& tally) {
  return py::array_t<std::int64_t>({tally.classes, tally.classes}, tally.confusion.data());
}

std::int64_t class_count(const FaithfulTally& tally, int label) {
  const auto row = tally.confusion.begin() + label * tally.classes;
  return std::accumulate(row, row + tally.classes, std::int64_t{0});
}

struct History {
  History(std::size_t records, int classes)
      : iteration(static_cast<py::ssize_t>(records)),
        correct(static_cast<py::ssize_t>(records)),
        confusion({static_cast<py::ssize_t>(records), py::ssize_t{classes}, py::ssize_t{classes}}) {
    for (std::size_t i = 0; i < source_losses().size(); i++) {
      losses.emplace_back(static_cast<py::ssize_t>(records));
      class_losses.emplace_back(std::vector<py::ssize_t>{static_cast<py::ssize_t>(records), py::ssize_t{classes}});
    }
  }
  py::array_t<std::int64_t> iteration, correct, confusion;
  std::vector<py::array_t<double>> losses, class_losses;
};

// A class without samples has the mean loss 0 / 0.
void put_losses(const FaithfulTally& tally, py::ssize_t row, History& history) {
  for (std::size_t i = 0; i < source_losses().size(); i++) {
    const double divisor = source_losses()[i].over_classes ? tally.classes : 1.0;
    double sum = 0.0;
    std::int64_t samples = 0;
    for (int c = 0; c < tally.classes; c++) {
      const double part = tally.losses[i * static_cast<std::size_t>(tally.classes) + static_cast<std::size_t>(c)] / divisor;
      const std::int64_t count = class_count(tally, c);
      history.class_losses[i].mutable_at(row, c) = part / static_cast<double>(count);
      sum += part;
      samples += count;
    }
    history.losses[i].mutable_at(row) = sum / static_cast<double>(samples);
  }
}

History history_of(const std::vector<FaithfulRecord>& records, int classes) {
  History history(records.size(), classes);
  for (std::size_t r = 0; r < records.size(); r++) {
    const auto row = static_cast<py::ssize_t>(r);
    const FaithfulTally& tally = records[r].tally;
    history.iteration.mutable_at(row) = records[r].iteration;
    history.correct.mutable_at(row) = 0;
    for (int c = 0; c < classes; c++) history.correct.mutable_at(row) += tally.confusion[static_cast<std::size_t>(c * (classes + 1))];
    std::copy(tally.confusion.begin(), tally.confusion.end(), history.confusion.mutable_data(row));
    put_losses(tally, row, history);
  }
  return history;
}

py::dict by_loss(const std::vector<py::array_t<double>>& values) {
  py::dict named;
  for (std::size_t i = 0; i < values.size(); i++) named[source_losses()[i].name] = values[i];
  return named;
}

py::dict checkpoint_dict(const FaithfulCheckpoint& checkpoint, const std::vector<py::array>& shapes) {
  py::dict dict;
  dict["iterations"] = checkpoint.iteration;
  dict["weights"] = arrays_of(checkpoint.weights, shapes);
  dict["dev_confusion"] = confusion_of(checkpoint.dev);
  return dict;
}

py::dict result_dict(const FaithfulResult& result, const std::vector<py::array>& shapes) {
  py::dict dict = checkpoint_dict(result.last, shapes);
  const History history = history_of(result.records, result.last.weights.classes());
  dict["interrupted"] = result.interrupted;
  dict["iteration"] = history.iteration;
  dict["correct"] = history.correct;
  dict["confusion"] = history.confusion;
  dict["losses"] = by_loss(history.losses);
  dict["class_losses"] = by_loss(history.class_losses);
  py::list checkpoints;
  for (const FaithfulCheckpoint& checkpoint : result.checkpoints) checkpoints.append(checkpoint_dict(checkpoint, shapes));
  dict["checkpoints"] = checkpoints;
  return dict;
}

void set_compression(FaithfulOptions& options, const std::string& name, int bits, double rate) {
  const auto& compression = find_row(std::span<const Compression>(kCompressions), "compression", name);
  options.quantized = compression.quantized;
  options.pruned = compression.pruned;
  options.bits = bits;
  options.rate = rate;
}

int thread_count(std::optional<int> threads) {
  require<DataError>(!threads || *threads >= 1, "faithful mode: threads must be at least 1, got ", threads.value_or(0));
  return threads.value_or(0);
}

py::dict train(const FaithfulImages& images, const FaithfulImages& dev, const std::vector<py::array>& start, const FaithfulOptions& options,
               const py::object& progress) {
  const FaithfulWeights weights = weights_of(start);
  PythonProgress watch(progress);
  FaithfulResult result;
  {
    const py::gil_scoped_release release;
    result = faithful_train(images, dev, weights, options, watch.progress());
  }
  static_cast<void>(watch.interrupted());
  return result_dict(result, start);
}

constexpr const char* kTrainDoc = R"(Train by the published study's own arithmetic, in float64.

One trajectory serves every loss, because the source's losses never reach its gradient.

Parameters
----------
images : ndarray of uint8 or float64, shape (n, ...)
    C-contiguous; bytes are divided by 255.
labels : ndarray of int64, shape (n,)
start : sequence of ndarray of float64
    W1, b1, W2, b2 or W1 … b3; weights (out, in), biases (out, 1) or (out,). Unchanged.
learning_rate : float
iterations : int
compression : {"none", "quantized", "pruned", "both"}
bits : int
    Codes run from ``-(2**bits - 1)`` to ``2**bits - 1``; 1 to 16.
rate : float
    Share of each layer's weights masked before an update, in [0, 1).
gradient_samples : float, optional
    The m of 1/m; by default the number of images.
record_every : int
    Iterations between two entries of the histories.
threads : int, optional
    Changes the time, never the result.
checkpoints : sequence of int
    Numbers of updates after which the weights are returned too.
dev_images, dev_labels : ndarray, optional
    Classified with the weights of every checkpoint and the last ones.
quirks : dict of bool, optional
    Switches of `faithful_quirks`, all on by default.
loss : str
    What is differentiated without the quirk ``loss_ignored``.
progress : callable, optional
    Told the iterations done, at most every 50 ms; raising KeyboardInterrupt stops, as Ctrl-C does.

Returns
-------
dict
    ``iterations`` done, ``interrupted``, ``weights`` in the shapes of `start`, ``dev_confusion`` (C, C); for each record, with the forward pass
    of that iteration: ``iteration``, ``correct``, ``confusion`` (R, C, C) as [true, predicted], ``losses`` and ``class_losses`` (R, C) by name as
    the source reports them; ``checkpoints``, each with ``iterations``, ``weights`` and ``dev_confusion``.
)";

}  // namespace

void bind_faithful(py::module_& module) {
  module.def("faithful_quirks", &quirk_docs, "Return what each switchable quirk of the source is, by its name.");
  module.def(
      "faithful_train",
      [](const py::array& images, const py::array& labels, const std::vector<py::array>& start, double learning_rate,
         std::int64_t iterations, const std::string& compression, int bits, double rate, std::optional<double> gradient_samples,
         std::int64_t record_every, std::optional<int> threads, std::vector<std::int64_t> checkpoints,
         const std::optional<py::array>& dev_images, const std::optional<py::array>& dev_labels, const std::optional<py::dict>& quirks,
         const std::string& loss, const py::object& progress) {
        require<ShapeError>(dev_images.has_value() == dev_labels.has_value(),
                            "faithful mode: dev_images and dev_labels must come together");
        require<DataError>(!gradient_samples || *gradient_samples > 0.0, "faithful mode: gradient_samples must be positive, got ",
                           gradient_samples.value_or(0.0));
        std::sort(checkpoints.begin(), checkpoints.end());
        FaithfulOptions options;
        options.learning_rate = learning_rate, options.iterations = iterations, options.record_every = record_every;
        set_compression(options, compression, bits, rate);
        options.gradient_samples = gradient_samples.value_or(0.0), options.threads = thread_count(threads);
        options.checkpoints = std::move(checkpoints);
        options.quirks = quirks_of(quirks.value_or(py::dict{}));
        options.loss = &find_row(source_losses(), "loss of the source", loss);
        return train(images_of(images, labels), dev_images ? images_of(*dev_images, dev_labels) : FaithfulImages{}, start, options,
                     progress);
      },
      py::arg("images"), py::arg("labels"), py::arg("start"), py::arg("learning_rate"), py::arg("iterations"), py::kw_only(),
      py::arg("compression") = "none", py::arg("bits") = 8, py::arg("rate") = 0.1, py::arg("gradient_samples") = py::none(),
      py::arg("record_every") = 10, py::arg("threads") = py::none(), py::arg("checkpoints") = std::vector<std::int64_t>{},
      py::arg("dev_images") = py::none(), py::arg("dev_labels") = py::none(), py::arg("quirks") = py::none(),
      py::arg("loss") = "cross_entropy", py::arg("progress") = py::none(), kTrainDoc);
  module.def(
      "faithful_probabilities",
      [](const py::array& images, const std::vector<py::array>& weights, const std::string& compression, int bits,
         std::optional<int> threads) {
        FaithfulOptions options;
        set_compression(options, compression, bits, options.rate);
        options.threads = thread_count(threads);
        const FaithfulImages view = images_of(images, std::nullopt);
        const FaithfulWeights used = weights_of(weights);
        std::vector<double> probabilities;
        {
          const py::gil_scoped_release release;
          probabilities = faithful_probabilities(view, used, options);
        }
        return py::array_t<double>({view.count, std::int64_t{used.classes()}}, probabilities.data());
      },
      py::arg("images"), py::arg("weights"), py::kw_only(), py::arg("compression") = "none", py::arg("bits") = 8,
      py::arg("threads") = py::none(),
      "Return the softmax outputs (n, C) in float64; quantized as in training when `compression` says so.");
}

}  // namespace digitcompress::bindings
