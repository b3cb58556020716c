#pragma once
#include <pybind11/numpy.h>

#include <algorithm>
#include <string>
#include <vector>

#include "bindings/arrays.hpp"
#include "core/error.hpp"
#include "network/network.hpp"
#include "training/trainer.hpp"

namespace digitcompress::bindings {

inline LabelledImages labelled(const Network& network, const ImageView& view, const Labels& labels) {
  require<ShapeError>(view.images().features == network.input().count(), "images must have ", network.input().count(),
                      " values a sample, got ", view.images().features);
  require<DataError>(view.images().count > 0, "at least one image is needed, got 0");
  if (labels.size() == 0) return {view.images(), nullptr};  // for losses that reconstruct
  require<ShapeError>(labels.ndim() == 1 && labels.size() == view.images().count, "labels must have one entry for each of ",
                      view.images().count, " images, got ", labels.size());
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

}  // namespace digitcompress::bindings
