#pragma once
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <tuple>
#include <variant>

#include "core/error.hpp"
#include "core/field.hpp"
#include "core/lanes.hpp"
#include "training/elementwise_update.hpp"

// An optimizer says how many state arrays it keeps for a parameter, zero at the start, and updates any range of it in place. `step` counts
// from 1; `rate_factor` is what a schedule multiplies the learning rate by. An update returns whether all is still finite.
namespace digitcompress {

struct OptimizerBase {
  float learning_rate = 0.01f;
  float weight_decay = 0.0f;

  void validate_rates(const char* name) const {
    require(std::isfinite(learning_rate) && learning_rate > 0.0f && learning_rate <= 1e6f, name,
            ": learning_rate must be in (0, 1e6], got ", learning_rate);
    require(weight_decay >= 0.0f && weight_decay <= 1.0f, name, ": weight_decay must be in 0..1, got ", weight_decay);
  }
};

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

  bool update(std::int64_t, float rate_factor, const ScaledGradient& gradient, std::span<float> parameter,
              std::span<float* const> state) const {
    const float rate = learning_rate * rate_factor, decay = weight_decay;
    if (momentum == 0.0f) {
      return update_elements<0>(gradient, parameter, state,
                                [rate, decay](const Lane& g, Lane& p, std::array<Lane, 0>&) { p -= rate * (g + decay * p); });
    }
    // v <- m v + g, and the step is v or, with Nesterov, g + m v.
    const float keep = momentum, own = nesterov ? 1.0f : 0.0f, along = nesterov ? momentum : 1.0f;
    return update_elements<1>(gradient, parameter, state, [=](const Lane& g, Lane& p, std::array<Lane, 1>& velocity) {
      const Lane decayed = g + decay * p;
      velocity[0] = keep * velocity[0] + decayed;
      p -= rate * (own * decayed + along * velocity[0]);
    });
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
  void validate() const { validate_named(kName); }
  [[nodiscard]] int state_slots() const { return 2; }

  bool update(std::int64_t step, float rate_factor, const ScaledGradient& gradient, std::span<float> parameter,
              std::span<float* const> state) const {
    return update_moments(step, rate_factor, weight_decay, 1.0f, gradient, parameter, state);
  }

 protected:
  void validate_named(const char* name) const {
    validate_rates(name);
    require(beta1 >= 0.0f && beta1 < 1.0f, name, ": beta1 must be in [0, 1), got ", beta1);
    require(beta2 >= 0.0f && beta2 < 1.0f, name, ": beta2 must be in [0, 1), got ", beta2);
    require(epsilon > 0.0f && epsilon <= 1.0f, name, ": epsilon must be in (0, 1], got ", epsilon);
  }

  // `kept` is the share of the parameter left before the step; `penalty` times the parameter is added to the gradient.
  bool update_moments(std::int64_t step, float rate_factor, float penalty, float kept, const ScaledGradient& gradient,
                      std::span<float> parameter, std::span<float* const> state) const {
    const auto correction = [step](float beta) { return 1.0 - std::pow(static_cast<double>(beta), static_cast<double>(step)); };
    const auto rate = static_cast<float>(static_cast<double>(learning_rate * rate_factor) / correction(beta1));
    const auto root_scale = static_cast<float>(1.0 / std::sqrt(correction(beta2)));
    return update_elements<2>(gradient, parameter, state, [=, *this](const Lane& g, Lane& p, std::array<Lane, 2>& moments) {
      auto& [mean, square] = moments;
      const Lane penalized = g + penalty * p;
      mean = beta1 * mean + (1.0f - beta1) * penalized;
      square = beta2 * square + (1.0f - beta2) * (penalized * penalized);
      p = kept * p - rate * mean / (sqrt(square) * root_scale + epsilon);
    });
  }
};

struct AdamW : Adam {
  static constexpr const char* kName = "AdamW";
  static constexpr const char* kKey = "adamw";
  static constexpr const char* kDoc =
      "Adam whose weight decay shrinks the parameter itself, apart from the moments (Loshchilov and Hutter 2019, algorithm 2).";
  static constexpr auto fields() {
    return std::tuple{
        Field{"learning_rate", &AdamW::learning_rate, "Step size, positive."},
        Field{"beta1", &AdamW::beta1, "Decay of the mean of gradients, in [0, 1)."},
        Field{"beta2", &AdamW::beta2, "Decay of the mean of squared gradients, in [0, 1)."},
        Field{"epsilon", &AdamW::epsilon, "Added to the root of the second moment, positive."},
        Field{"weight_decay", &AdamW::weight_decay, "Share of the parameter, times the step size, lost every step, in 0..1."}};
  }
  AdamW() { weight_decay = 0.01f; }
  void validate() const { validate_named(kName); }

  bool update(std::int64_t step, float rate_factor, const ScaledGradient& gradient, std::span<float> parameter,
              std::span<float* const> state) const {
    return update_moments(step, rate_factor, 0.0f, 1.0f - learning_rate * rate_factor * weight_decay, gradient, parameter, state);
  }
};

struct RMSprop : OptimizerBase {
  float alpha = 0.99f, epsilon = 1e-8f, momentum = 0.0f;

  static constexpr const char* kName = "RMSprop";
  static constexpr const char* kKey = "rmsprop";
  static constexpr const char* kDoc =
      "Gradients divided by the root of their mean square (Tieleman and Hinton 2012, lecture 6.5), with momentum on request.";
  static constexpr auto fields() {
    return std::tuple{Field{"learning_rate", &RMSprop::learning_rate, "Step size, positive."},
                      Field{"alpha", &RMSprop::alpha, "Decay of the mean of squared gradients, in [0, 1)."},
                      Field{"epsilon", &RMSprop::epsilon, "Added to the root of the mean square, positive."},
                      Field{"momentum", &RMSprop::momentum, "Share of the last step kept, in [0, 1)."},
                      Field{"weight_decay", &RMSprop::weight_decay, "L2 penalty added to the gradient, in 0..1."}};
  }
  void validate() const {
    validate_rates(kName);
    require(alpha >= 0.0f && alpha < 1.0f, "RMSprop: alpha must be in [0, 1), got ", alpha);
    require(epsilon > 0.0f && epsilon <= 1.0f, "RMSprop: epsilon must be in (0, 1], got ", epsilon);
    require(momentum >= 0.0f && momentum < 1.0f, "RMSprop: momentum must be in [0, 1), got ", momentum);
  }
  [[nodiscard]] int state_slots() const { return momentum > 0.0f ? 2 : 1; }

  bool update(std::int64_t, float rate_factor, const ScaledGradient& gradient, std::span<float> parameter,
              std::span<float* const> state) const {
    const float rate = learning_rate * rate_factor;
    // The step g / (sqrt(mean of g^2) + epsilon).
    const auto normalized = [*this](const Lane& g, const Lane& p, Lane& square) {
      const Lane decayed = g + weight_decay * p;
      square = alpha * square + (1.0f - alpha) * (decayed * decayed);
      return decayed / (sqrt(square) + epsilon);
    };
    if (momentum == 0.0f) {
      return update_elements<1>(gradient, parameter, state,
                                [=](const Lane& g, Lane& p, std::array<Lane, 1>& slots) { p -= rate * normalized(g, p, slots[0]); });
    }
    const float keep = momentum;
    return update_elements<2>(gradient, parameter, state, [=](const Lane& g, Lane& p, std::array<Lane, 2>& slots) {
      slots[1] = keep * slots[1] + normalized(g, p, slots[0]);
      p -= rate * slots[1];
    });
  }
};

// Every optimizer there is. A new one is a struct above and its name here.
using Optimizer = std::variant<SGD, Adam, AdamW, RMSprop>;

}  // namespace digitcompress
