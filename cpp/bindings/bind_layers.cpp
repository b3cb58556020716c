#include <span>

#include "bindings/bindings.hpp"
#include "bindings/variants.hpp"
#include "network/initializers.hpp"

namespace digitcompress::bindings {

void bind_layers(py::module_& module) {
  py::dict layers;
  for_each_alternative<Layer>([&]<class Kind>(const Kind&) { put(layers, Kind::kName, description<Kind>()); });
  module.attr("LAYERS") = layers;
  py::dict docs;
  for (const Initializer& row : initializers()) docs[row.name] = row.doc;
  module.attr("INITIALIZERS") = docs;
}

}  // namespace digitcompress::bindings
