#include <pybind11/stl.h>

#include <span>
#include <string>
#include <vector>

#include "bindings/bindings.hpp"
#include "bindings/described.hpp"
#include "layers/layer.hpp"
#include "network/initializers.hpp"

namespace digitcompress::bindings {

void bind_layers(py::module_& module) {
  std::vector<std::string> names;
  for_each_alternative<Layer>([&]<class Kind>(const Kind&) {
    bind_described<Kind>(module, "digitcompress.layers");
    names.emplace_back(Kind::kName);
  });
  module.attr("LAYERS") = py::tuple(py::cast(names));
  py::dict docs;
  for (const Initializer& row : initializers()) docs[row.name] = row.doc;
  module.attr("INITIALIZERS") = docs;
}

}  // namespace digitcompress::bindings
