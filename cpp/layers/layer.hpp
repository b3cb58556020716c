#pragma once
#include <variant>

#include "layers/dense.hpp"
#include "layers/fake_quantize.hpp"
#include "layers/flatten.hpp"
#include "layers/leaky_relu.hpp"
#include "layers/relu.hpp"
#include "layers/sigmoid.hpp"
#include "layers/softmax.hpp"
#include "layers/tanh.hpp"

namespace digitcompress {

// Every layer there is. A new one is a header and a line here: bindings, names and contract tests follow.
using Layer = std::variant<Dense, ReLU, LeakyReLU, Sigmoid, Tanh, Softmax, Flatten, FakeQuantize>;

}  // namespace digitcompress
