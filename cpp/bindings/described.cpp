#include "bindings/described.hpp"

// One set of functions for all described structs: bound struct by struct they would be most of the build.
namespace digitcompress::bindings {
namespace {

py::dict values_of(const py::object& value, const py::tuple& names) {
  py::dict values;
  for (const py::handle& name : names) values[name] = value.attr(name);
  return values;
}

// Example: Dense(units=10, bias=True).
std::string text_of(const py::object& value, const py::tuple& names) {
  std::string text = std::string(py::str(py::type::of(value).attr("__name__"))) + "(";
  for (const auto& [name, field] : values_of(value, names)) {
    if (text.back() != '(') text += ", ";
    text += std::string(py::str(name)).append("=").append(py::str(py::repr(field)));
  }
  return text + ")";
}

template <class Function>
void add_method(const py::object& bound, const char* name, const Function& function, const char* doc = "") {
  bound.attr(name) = py::cpp_function(function, py::name(name), py::is_method(bound), doc);
}

}  // namespace

std::string doc_of_field(const char* name, const py::object& value, const char* doc) {
  return std::string(name) + " : " + std::string(py::str(py::type::of(value).attr("__name__"))) + ", default " +
         std::string(py::str(py::repr(value))) + "\n    " + doc + "\n";
}

void add_value_methods(const py::object& bound, const py::tuple& field_names) {
  add_method(bound, "__repr__", [field_names](const py::object& self) { return text_of(self, field_names); });
  add_method(bound, "to_dict", [field_names](const py::object& self) { return values_of(self, field_names); }, "Field names and values.");
  add_method(bound, "__eq__", [field_names](const py::object& self, const py::object& other) {
    return py::type::of(self).is(py::type::of(other)) && values_of(self, field_names).equal(values_of(other, field_names));
  });
  add_method(bound, "__hash__", [field_names](const py::object& self) { return py::hash(py::str(text_of(self, field_names))); });
  add_method(bound, "__reduce__", [field_names](const py::object& self) {
    return py::make_tuple(py::type::of(self), py::tuple(values_of(self, field_names).attr("values")()));
  });
}

}  // namespace digitcompress::bindings
