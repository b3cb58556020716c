#pragma once
#include <pybind11/pybind11.h>

#include <charconv>
#include <cstddef>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "core/field.hpp"

// Binds a described struct (core/field.hpp): constructor, properties, repr, equality and pickling all follow from its fields.
namespace digitcompress::bindings {

namespace py = pybind11;

template <class Owner, class Type>
Type field_type(const Field<Owner, Type>&);

// A float32 becomes the Python float with the same shortest decimal: 0.1 stays 0.1.
template <class Type>
auto to_python(const Type& value) {
  if constexpr (std::is_same_v<Type, float>) {
    char text[32];
    const char* end = std::to_chars(text, text + sizeof text, value).ptr;
    double parsed = 0.0;
    std::from_chars(text, end, parsed);
    return parsed;
  } else {
    return value;
  }
}

template <class Struct>
py::dict values_of(const Struct& value) {
  py::dict values;
  std::apply([&](const auto&... field) { ((values[field.name] = to_python(value.*field.member)), ...); }, Struct::fields());
  return values;
}

template <class Struct, class... Fields>
auto make_constructor(const std::tuple<Fields...>&) {
  return py::init([](decltype(field_type(std::declval<Fields>()))... values) {
    Struct made;
    std::apply([&](const auto&... field) { ((made.*field.member = values), ...); }, Struct::fields());
    made.validate();
    return made;
  });
}

// Example: Dense(units=10, bias=True).
template <class Struct>
std::string text_of(const Struct& value) {
  std::string text = std::string(Struct::kName) + "(";
  for (const auto& [name, field] : values_of(value)) {
    if (text.back() != '(') text += ", ";
    text += std::string(py::str(name)).append("=").append(py::str(py::repr(field)));
  }
  return text + ")";
}

template <class Struct>
std::string doc_of() {
  std::string doc = std::string(Struct::kDoc) + "\n";
  const auto add = [&doc](const auto& field) {
    doc += (doc.find("Parameters") == std::string::npos ? "\nParameters\n----------\n" : "");
    doc += std::string(field.name) + " : " +
           std::string(py::str(py::type::handle_of(py::cast(to_python(Struct{}.*field.member))).attr("__name__"))) + ", default " +
           std::string(py::str(py::repr(py::cast(to_python(Struct{}.*field.member))))) + "\n    " + field.doc + "\n";
  };
  std::apply([&](const auto&... field) { (add(field), ...); }, Struct::fields());
  return doc;
}

template <class Struct>
py::class_<Struct> bind_described(py::module_& module, const char* public_module) {
  py::class_<Struct> bound(module, Struct::kName, doc_of<Struct>().c_str());
  std::apply(
      [&](const auto&... field) {
        bound.def(make_constructor<Struct>(Struct::fields()), (py::arg(field.name) = to_python(Struct{}.*field.member))...);
        (bound.def_property_readonly(
             field.name, [member = field.member](const Struct& value) { return to_python(value.*member); }, field.doc),
         ...);
      },
      Struct::fields());
  bound.def("__repr__", &text_of<Struct>);
  bound.def("to_dict", &values_of<Struct>, "Field names and values.");
  bound.def("__eq__", [](const Struct& a, const py::object& b) {
    return py::isinstance<Struct>(b) && values_of(a).equal(values_of(b.cast<const Struct&>()));
  });
  bound.def("__hash__", [](const Struct& value) { return py::hash(py::str(text_of(value))); });
  bound.def("__reduce__",
            [](const py::object& self) { return py::make_tuple(py::type::of(self), py::tuple(self.attr("to_dict")().attr("values")())); });
  bound.attr("__module__") = public_module;
  return bound;
}

}  // namespace digitcompress::bindings
