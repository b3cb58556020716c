#include "bindings/bindings.hpp"

PYBIND11_MODULE(DIGITCOMPRESS_MODULE, module, pybind11::mod_gil_not_used()) {
  using namespace digitcompress::bindings;
  module.doc() = "Compiled core of digitcompress; use the public names of the digitcompress package.";
  bind_errors(module);
  bind_runtime(module);
  bind_io(module);
  bind_layers(module);
  bind_network(module);
  bind_prediction(module);
  bind_compression(module);
  bind_rules(module);
  bind_training(module);
  bind_trainer(module);
  bind_faithful(module);
}
