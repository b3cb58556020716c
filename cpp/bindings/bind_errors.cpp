#include <exception>
#include <string>

#include "bindings/bindings.hpp"
#include "core/error.hpp"

namespace py = pybind11;

namespace digitcompress::bindings {
namespace {

void set_error(const char* name, const std::exception& error) {
  const py::object type = py::module_::import("digitcompress.errors").attr(name);
  PyErr_SetString(type.ptr(), error.what());
}

void translate(std::exception_ptr pointer) {
  if (!pointer) return;
  try {
    std::rethrow_exception(pointer);
  } catch (const LimitError& error) {
    set_error("LimitError", error);
  } catch (const FormatError& error) {
    set_error("FormatError", error);
  } catch (const DataError& error) {
    set_error("DataError", error);
  } catch (const ShapeError& error) {
    set_error("ShapeError", error);
  } catch (const StateError& error) {
    set_error("StateError", error);
  } catch (const DivergenceError& error) {
    set_error("DivergenceError", error);
  } catch (const Error& error) {
    set_error("Error", error);
  }
}

}  // namespace

void bind_errors(py::module_&) { py::register_exception_translator(&translate); }

}  // namespace digitcompress::bindings
