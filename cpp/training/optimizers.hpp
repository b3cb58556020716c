#pragma once
#include <Eigen/Core>

#include <cmath>
#include <cstdint>
#include <span>
#include <tuple>
#include <variant>

#include "core/error.hpp"
#include "core/field.hpp"

namespace digitcompress {

using Values = Eigen::Map<Eigen::ArrayXf>;
using ConstValues = Eigen::Map<const Eigen::ArrayXf>;

struct OptimizerBase {
  float learning_rate = 0.01f;
  float weight_decay = 0.0f;

  void validate_rates(const char* name) const {
    require(std::isfinite(learning_rate) && learning_rate > 0.0f && learning_rate <= 1e6f, name,
            ": learning_rate must be in (0, 1e6], got ", learning_rate);
    require(weight_decay >= 0.0f && weight_decay <= 1.0f, name, ": weight_decay must be in 0..1, got ", weight_decay);
  }
};

// An optimizer says how many state arrays it keeps for a parameter and updates it in place; `step` counts from 1.
struct SGD : OptimizerBase {
  float momentum = 0.0f;
  bool nesterov = false;

  static constexpr const char* kName = "SGD";
  static constexpr const char* kKey = "sgd";
  static constexpr const char* kDoc = "Gradient descent, with momentum (Sutskever et al. 2013) and L2 weight decay on request.";
  static constexpr auto fields() {
    return std::tuple{Field{"learning_rate", &SGD::learning_rate, "Step size, positive."},
                      Field{"momentum", &SGD::momentum, "Share of the last step kept, in [0, 1)."},
                      Field{"nesterov", &SGD::nesterov, "Look ahead along the momentum."},
                      Field{"weight_decay", &SGD::weight_decay, "L2 penalty added to the gradient, in 0..1."}};
  }
  void validate() const {
    validate_rates(kName);
    require(momentum >= 0.0f && momentum < 1.0f, "SGD: momentum must be in [0, 1), got ", momentum);
    require(!nesterov || momentum > 0.0f, "SGD: nesterov needs a momentum above 0");
  }
  [[nodiscard]] int state_slots() const { return momentum > 0.0f ? 1 : 0; }

  void update(std::int64_t, ConstValues gradient, Values parameter, std::span<float* const> state) const {
    if (momentum == 0.0f) {
      parameter -= learning_rate * (gradient + weight_decay * parameter);
      return;
    }
    Values velocity(state[0], parameter.size());
    velocity = momentum * velocity + gradient + weight_decay * parameter;
    if (nesterov)
      parameter -= learning_rate * (gradient + weight_decay * parameter + momentum * velocity);
    else
      parameter -= learning_rate * velocity;
  }
};

struct Adam : OptimizerBase {
  float beta1 = 0.9f, beta2 = 0.999f, epsilon = 1e-8f;

  static constexpr const char* kName = "Adam";
  static constexpr const char* kKey = "adam";
  static constexpr const char* kDoc = "Adaptive moments (Kingma and Ba 2015, algorithm 1), with L2 weight decay on request.";
  static constexpr auto fields() {
    return std::tuple{Field{"learning_rate", &Adam::learning_rate, "Step size, positive."},
                      Field{"beta1", &Adam::beta1, "Decay of the mean of gradients, in [0, 1)."},
                      Field{"beta2", &Adam::beta2, "Decay of the mean of squared gradients, in [0, 1)."},
                      Field{"epsilon", &Adam::epsilon, "Added to the root of the second moment, positive."},
                      Field{"weight_decay", &Adam::weight_decay, "L2 penalty added to the gradient, in 0..1."}};
  }
  Adam() { learning_rate = 1e-3f; }
  void validate() const {
    validate_rates(kName);
    require(beta1 >= 0.0f && beta1 < 1.0f, "Adam: beta1 must be in [0, 1), got ", beta1);
    require(beta2 >= 0.0f && beta2 < 1.0f, "Adam: beta2 must be in [0, 1), got ", beta2);
    require(epsilon > 0.0f && epsilon <= 1.0f, "Adam: epsilon must be in (0, 1], got ", epsilon);
  }
  [[nodiscard]] int state_slots() const { return 2; }

  void update(std::int64_t step, ConstValues gradient, Values parameter, std::span<float* const> state) const {
    Values mean(state[0], parameter.size()), square(state[1], parameter.size());
    const auto g = gradient + weight_decay * parameter;
    mean = beta1 * mean + (1.0f - beta1) * g;
    square = beta2 * square + (1.0f - beta2) * g.square();
    const auto bias = [step](float beta) {
      return static_cast<float>(1.0 - std::pow(static_cast<double>(beta), static_cast<double>(step)));
    };
    parameter -= learning_rate * (mean / bias(beta1)) / ((square / bias(beta2)).sqrt() + epsilon);
  }
};

// Every optimizer there is. A new one is a struct above and its name here.
using Optimizer = std::variant<SGD, Adam>;

}  // namespace digitcompress
