#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <optional>
#include <vector>

#include "bindings/arrays.hpp"
#include "bindings/bindings.hpp"
#include "bindings/progress.hpp"
#include "network/inference.hpp"
#include "network/network.hpp"

namespace py = pybind11;

namespace digitcompress::bindings {
namespace {

constexpr std::int64_t kMaxSamples = 10'000'000;  // as MAX_SAMPLES of _arrays.py

bool is_exact_array(const py::handle& object) {
  return reinterpret_cast<PyObject*>(Py_TYPE(object.ptr())) == reinterpret_cast<PyObject*>(py::detail::npy_api::get().PyArray_Type_);
}

// Whether the extents after the first are those of an image: all values in a row, height x width of a single channel, or all three.
bool has_image_shape(const py::array& array, const Shape& shape) {
  const auto is = [&](py::ssize_t dimension, int extent) { return array.shape(dimension) == extent; };
  if (array.ndim() == 2) return is(1, shape.count());
  if (shape.is_flat()) return false;
  if (array.ndim() == 3) return shape.channels == 1 && is(1, shape.height) && is(2, shape.width);
  return array.ndim() == 4 && is(1, shape.channels) && is(2, shape.height) && is(3, shape.width);
}

bool are_finite(const float* values, std::int64_t count) {
  float sum = 0.0f;  // 0 times a finite number is 0, times any other nan
  for (std::int64_t i = 0; i < count; i++) sum += 0.0f * values[i];
  return sum == 0.0f;
}

// Images of an array that the core can read as it is; nothing for any other, which Python has to convert or to refuse.
std::optional<Images> readable_images(const py::handle& object, const Shape& shape) {
  if (!is_exact_array(object)) return std::nullopt;
  const auto array = py::reinterpret_borrow<py::array>(object);
  constexpr int kWanted = int{py::array::c_style} | int{py::detail::npy_api::NPY_ARRAY_ALIGNED_};
  if ((array.flags() & kWanted) != kWanted || !has_image_shape(array, shape) || array.shape(0) > kMaxSamples) return std::nullopt;
  Images images{.count = array.shape(0), .features = shape.count()};
  const py::dtype type = array.dtype();
  if (type.num() == py::detail::npy_api::NPY_UBYTE_) {
    images.bytes = static_cast<const std::uint8_t*>(array.data());
  } else if (type.num() == py::detail::npy_api::NPY_FLOAT_ && type.byteorder() == '=') {
    images.floats = static_cast<const float*>(array.data());
    if (!are_finite(images.floats, images.count * images.features)) return std::nullopt;
  } else {
    return std::nullopt;
  }
  return images;
}

// Class of the largest logit of each image, or None if Python has to convert the images first.
py::object predict(const Network& network, const py::handle& object, int threads) {
  const std::optional<Images> images = readable_images(object, network.input());
  if (!images) return py::none();
  py::array_t<std::int64_t> classes(static_cast<py::ssize_t>(images->count));
  std::int64_t* place = classes.mutable_data();
  PythonProgress watch(py::none{});
  {
    const py::gil_scoped_release release;
    classify_all(network, *images, threads, watch.progress(), place);
  }
  watch.rethrow();
  return classes;
}

// Mean seconds that `predict` spends in the core, over some calls: what is left of its time is the price of Python.
double prediction_seconds(const Network& network, const py::handle& object, int threads, int calls) {
  const std::optional<Images> images = readable_images(object, network.input());
  require(images.has_value(), "prediction_seconds: images must be a C-contiguous array of uint8 or float32");
  std::vector<std::int64_t> classes(static_cast<std::size_t>(images->count));
  const py::gil_scoped_release release;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < calls; i++) classify_all(network, *images, threads, nullptr, classes.data());
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() / calls;
}

}  // namespace

void bind_prediction(py::module_& module) {
  module.def("predict", &predict, py::arg("network"), py::arg("images"), py::arg("threads"),
             "Class of the largest logit for each image; None if the images need to be converted or refused first.");
  module.def("prediction_seconds", &prediction_seconds, py::arg("network"), py::arg("images"), py::arg("threads"), py::arg("calls"),
             "Mean seconds a call of predict spends outside Python.");
}

}  // namespace digitcompress::bindings
