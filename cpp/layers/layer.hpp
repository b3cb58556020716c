#pragma once
#include <variant>

#include "layers/add.hpp"
#include "layers/batch_norm.hpp"
#include "layers/capsule_routing.hpp"
#include "layers/concat.hpp"
#include "layers/conv2d.hpp"
#include "layers/conv_transpose2d.hpp"
#include "layers/dense.hpp"
#include "layers/dropout.hpp"
#include "layers/fake_quantize.hpp"
#include "layers/flatten.hpp"
#include "layers/leaky_relu.hpp"
#include "layers/length.hpp"
#include "layers/log_softmax.hpp"
#include "layers/pool2d.hpp"
#include "layers/primary_capsules.hpp"
#include "layers/relu.hpp"
#include "layers/reshape.hpp"
#include "layers/sigmoid.hpp"
#include "layers/softmax.hpp"
#include "layers/tanh.hpp"
#include "layers/tied_dense.hpp"
#include "layers/upsample.hpp"

namespace digitcompress {

// Every layer there is. A new one is a header and a line here: bindings, names and contract tests follow.
using Layer = std::variant<Dense, TiedDense, Conv2d, ConvTranspose2d, MaxPool2d, AvgPool2d, GlobalAvgPool, Upsample, BatchNorm, ReLU,
                           LeakyReLU, Sigmoid, Tanh, Softmax, LogSoftmax, Dropout, Flatten, Reshape, Add, Concat, FakeQuantize,
                           PrimaryCapsules, CapsuleRouting, Length>;

}  // namespace digitcompress
