#pragma once
#include <pybind11/numpy.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/images.hpp"
#include "network/parameter.hpp"

namespace digitcompress::bindings {

namespace py = pybind11;

// A NumPy array seen as images without a copy; holds the array, so its memory stays.
class ImageView {
 public:
  explicit ImageView(py::array array) : array_(std::move(array)) {
    require<ShapeError>(array_.ndim() == 2, "images must be two-dimensional, (samples, features), got ", array_.ndim(), " dimensions");
    require<DataError>((array_.flags() & py::array::c_style) != 0, "images must be C-contiguous");
    images_.count = array_.shape(0);
    images_.features = static_cast<int>(array_.shape(1));
    if (py::isinstance<py::array_t<std::uint8_t>>(array_))
      images_.bytes = static_cast<const std::uint8_t*>(array_.data());
    else if (py::isinstance<py::array_t<float>>(array_))
      images_.floats = static_cast<const float*>(array_.data());
    else
      fail<DataError>("images must be uint8 or float32, got ", std::string(py::str(array_.dtype())));
  }
  [[nodiscard]] const Images& images() const { return images_; }
  [[nodiscard]] std::uintptr_t address() const { return reinterpret_cast<std::uintptr_t>(array_.data()); }

 private:
  py::array array_;
  Images images_;
};

// A parameter's values where they lie, kept by their owner; without one they are copied.
inline py::array_t<float> parameter_array(const Parameter& parameter, const float* values, py::handle owner = {}) {
  std::vector<py::ssize_t> strides;
  for (const std::size_t stride : parameter.strides) strides.push_back(static_cast<py::ssize_t>(stride * sizeof(float)));
  return {std::vector<py::ssize_t>(parameter.shape.begin(), parameter.shape.end()), std::move(strides), values, owner};
}

using Labels = py::array_t<std::int64_t, py::array::c_style>;
using FloatArray = py::array_t<float, py::array::c_style>;
using DoubleArray = py::array_t<double, py::array::c_style>;

}  // namespace digitcompress::bindings
