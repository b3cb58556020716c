#include "bindings/described.hpp"

#include <charconv>

namespace digitcompress::bindings {
namespace {

template <class Type>
void read_as(const FieldSource& source, const char* wanted, Type& member) {
  const py::object value = source.owner.attr(source.field);
  py::detail::make_caster<Type> caster;
  if (!caster.load(value, true)) {
    throw py::type_error(std::string(source.kind) + ": " + source.field + " must be " + wanted + ", got " +
                         std::string(py::str(py::repr(value))).substr(0, 100));
  }
  member = py::detail::cast_op<Type>(caster);
}

}  // namespace

py::object to_python(bool value) { return py::bool_(value); }
py::object to_python(int value) { return py::int_(value); }
py::object to_python(const std::string& value) { return py::str(value); }
py::object to_python(float value) {
  char text[32];
  const char* end = std::to_chars(text, text + sizeof text, value).ptr;
  double parsed = 0.0;
  std::from_chars(text, end, parsed);
  return py::float_(parsed);
}

void read_field(const FieldSource& source, bool& member) { read_as(source, "True or False", member); }
void read_field(const FieldSource& source, int& member) { read_as(source, "an integer of 32 bits", member); }
void read_field(const FieldSource& source, float& member) { read_as(source, "a number", member); }
void read_field(const FieldSource& source, std::string& member) { read_as(source, "a str", member); }

py::dict description_of(const char* name, const char* doc, const py::list& fields, Check check) {
  py::dict description;
  description["name"] = name;
  description["doc"] = doc;
  description["fields"] = fields;
  description["check"] = py::cpp_function(check);
  return description;
}

std::string kind_of(const py::handle& object) {
  const py::object kind = py::getattr(object, "_kind", py::none());
  return py::isinstance<py::str>(kind) ? std::string(py::str(kind)) : std::string();
}

void put(py::dict& values, const char* name, const py::object& value) { values[name] = value; }

void add_field(py::list& fields, const char* name, const py::object& value, const char* doc) {
  fields.append(py::make_tuple(name, value, doc));
}

}  // namespace digitcompress::bindings
