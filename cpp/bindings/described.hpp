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

template <class Struct, class... Fields>
auto make_constructor(const std::tuple<Fields...>&) {
  return py::init([](decltype(field_type(std::declval<Fields>()))... values) {
    Struct made;
    std::apply([&](const auto&... field) { ((made.*field.member = values), ...); }, Struct::fields());
    made.validate();
    return made;
  });
}

template <class Struct, class Member>
struct Getter {
  Member member;  // may be that of a base
  auto operator()(const Struct& value) const { return to_python(value.*member); }
};

// What follows from the names of the fields alone: representation, equality, hash, pickling and `to_dict`.
void add_value_methods(const py::object& bound, const py::tuple& field_names);

// A field's lines in the docstring of its class.
std::string doc_of_field(const char* name, const py::object& value, const char* doc);

template <class Struct>
std::string doc_of() {
  std::string doc = std::string(Struct::kDoc) + "\n";
  if (std::tuple_size_v<decltype(Struct::fields())> > 0) doc += "\nParameters\n----------\n";
  std::apply(
      [&](const auto&... field) { ((doc += doc_of_field(field.name, py::cast(to_python(Struct{}.*field.member)), field.doc)), ...); },
      Struct::fields());
  return doc;
}

template <class Struct>
py::class_<Struct> bind_described(py::module_& module, const char* public_module) {
  py::class_<Struct> bound(module, Struct::kName, doc_of<Struct>().c_str());
  std::apply(
      [&](const auto&... field) {
        bound.def(make_constructor<Struct>(Struct::fields()), (py::arg(field.name) = to_python(Struct{}.*field.member))...);
        (bound.def_property_readonly(field.name, Getter<Struct, decltype(field.member)>{field.member}, field.doc), ...);
        add_value_methods(bound, py::make_tuple(field.name...));
      },
      Struct::fields());
  bound.attr("__module__") = public_module;
  return bound;
}

}  // namespace digitcompress::bindings
