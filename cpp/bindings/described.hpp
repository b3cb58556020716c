#pragma once
#include <pybind11/pybind11.h>

#include <string>
#include <tuple>
#include <variant>

#include "core/field.hpp"

// Described structs (core/field.hpp) as values of Python, which makes a class of each description (digitcompress/_described.py). Values
// cross the border field by field, through functions that exist once for all structs: see docs/decisions/0021.
namespace digitcompress::bindings {

namespace py = pybind11;

// A float32 becomes the Python float with the same shortest decimal: 0.1 stays 0.1.
py::object to_python(bool value);
py::object to_python(int value);
py::object to_python(float value);
py::object to_python(const std::string& value);

// Reads the attribute of `owner` that is called like the field; a TypeError names the kind and the field.
struct FieldSource {
  py::handle owner;
  const char* kind;
  const char* field;
};
void read_field(const FieldSource& source, bool& member);
void read_field(const FieldSource& source, int& member);
void read_field(const FieldSource& source, float& member);
void read_field(const FieldSource& source, std::string& member);

// What Python makes a class of: name, documentation, fields as (name, default, documentation), and `check`, which takes an object with the
// fields as attributes and returns their values as the core holds them, or raises.
using Check = py::dict (*)(const py::object&);
py::dict description_of(const char* name, const char* doc, const py::list& fields, Check check);

// Name of the struct that an object describes; empty if it describes none.
std::string kind_of(const py::handle& object);

void put(py::dict& values, const char* name, const py::object& value);
void add_field(py::list& fields, const char* name, const py::object& value, const char* doc);

template <class Struct>
Struct struct_of(const py::handle& object) {
  Struct made;
  std::apply([&](const auto&... field) { (read_field({object, Struct::kName, field.name}, made.*field.member), ...); }, Struct::fields());
  made.validate();
  return made;
}

template <class Struct>
py::dict values_of(const Struct& value) {
  py::dict values;
  std::apply([&](const auto&... field) { (put(values, field.name, to_python(value.*field.member)), ...); }, Struct::fields());
  return values;
}

template <class Struct>
py::dict checked_values(const py::object& object) {
  return values_of(struct_of<Struct>(object));
}

template <class Struct>
py::dict description() {
  const Struct defaults;
  py::list fields;
  std::apply([&](const auto&... field) { (add_field(fields, field.name, to_python(defaults.*field.member), field.doc), ...); },
             Struct::fields());
  return description_of(Struct::kName, Struct::kDoc, fields, &checked_values<Struct>);
}

// Arguments of a variant of described structs. What goes back to Python is the struct's name and its values.
template <class Variant>
struct DescribedCaster {
  PYBIND11_TYPE_CASTER(Variant, py::detail::const_name("digitcompress._described.Described"));

  bool load(const py::handle& object, bool) {
    const std::string kind = kind_of(object);
    bool known = false;
    for_each_alternative<Variant>([&]<class Kind>(const Kind&) {
      if (kind != Kind::kName) return;
      value = struct_of<Kind>(object);
      known = true;
    });
    return known;
  }
  static py::handle cast(const Variant& variant, py::return_value_policy, const py::handle&) {
    return std::visit([]<class Kind>(const Kind& held) { return py::make_tuple(Kind::kName, values_of(held)).release(); }, variant);
  }
};

}  // namespace digitcompress::bindings
