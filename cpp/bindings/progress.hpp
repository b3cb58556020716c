#pragma once
#include <pybind11/pybind11.h>

#include <exception>
#include <utility>

#include "core/progress.hpp"

namespace digitcompress::bindings {

namespace py = pybind11;

// Connects long computations with Python: notices Ctrl-C, and tells `callback` (or None) the steps done. Its Progress may be called without
// the GIL. What was raised waits here until the computation has come back.
class PythonProgress {
 public:
  explicit PythonProgress(py::object callback) : callback_(std::move(callback)) {}

  [[nodiscard]] Progress progress() {
    return [this](std::int64_t step) {
      const py::gil_scoped_acquire gil;
      try {
        if (PyErr_CheckSignals() != 0) throw py::error_already_set();
        if (!callback_.is_none()) callback_(step);
        return true;
      } catch (...) {
        raised_ = std::current_exception();
        return false;
      }
    };
  }

  // Whether the user interrupted; any other exception is thrown again.
  [[nodiscard]] bool interrupted() const {
    try {
      if (raised_) std::rethrow_exception(raised_);
      return false;
    } catch (py::error_already_set& error) {
      if (error.matches(PyExc_KeyboardInterrupt)) return true;
      throw;
    }
  }
  void rethrow() const {
    if (raised_) std::rethrow_exception(raised_);
  }

 private:
  py::object callback_;
  std::exception_ptr raised_;
};

}  // namespace digitcompress::bindings
