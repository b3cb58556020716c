#pragma once
#include <tuple>
#include <variant>

#include "core/error.hpp"
#include "core/field.hpp"
#include "core/lanes.hpp"
#include "layers/softmax.hpp"

// Losses take logits [class][lane] and the labels of kLanes samples; they write the gradient of each sample's own loss with respect to its
// logits, and return those losses. Value and gradient are one function, so they cannot drift apart.
namespace digitcompress {

namespace detail {

inline Lane pick(const Lane* values, const IntLane& labels, int classes) {
  Lane picked{};
  for (int c = 0; c < classes; c++) picked = labels == c ? values[c] : picked;
  return picked;
}

// Turns the probabilities in `gradient` into p - y and returns -log p of the label.
inline Lane cross_entropy(const Lane* logits, const IntLane& labels, int classes, Lane* gradient) {
  Lane highest;
  const Lane total = softmax(logits, classes, gradient, &highest);
  for (int c = 0; c < classes; c++) gradient[c] -= labels == c ? broadcast(1.0f) : Lane{};
  return log(total) - (pick(logits, labels, classes) - highest);
}

}  // namespace detail

struct LossBase {
  static constexpr bool kBalances = false;  // whether classes are weighted by how rare they are, unless the caller gives weights
  static constexpr auto fields() { return std::tuple{}; }
  void validate() const {}
};

struct CrossEntropy : LossBase {
  static constexpr const char* kName = "CrossEntropy";
  static constexpr const char* kKey = "cross_entropy";
  static constexpr const char* kDoc = "Softmax cross entropy: ``-log p[label]``.";

  Lane evaluate(const Lane* logits, const IntLane& labels, int classes, Lane* gradient) const {
    return detail::cross_entropy(logits, labels, classes, gradient);
  }
};

struct WeightedCrossEntropy : CrossEntropy {
  static constexpr bool kBalances = true;
  static constexpr const char* kName = "WeightedCrossEntropy";
  static constexpr const char* kKey = "weighted_cross_entropy";
  static constexpr const char* kDoc =
      "Cross entropy with a weight per class: ``-w[label] log p[label]``; without ``class_weight`` the weights balance the classes, "
      "``w[c] = n / (C n[c])``.";
};

struct MeanSquaredError : LossBase {
  static constexpr const char* kName = "MeanSquaredError";
  static constexpr const char* kKey = "mse";
  static constexpr const char* kDoc = "Mean over the classes of ``(p - onehot(label))**2``, p the softmax output.";

  Lane evaluate(const Lane* logits, const IntLane& labels, int classes, Lane* gradient) const {
    softmax(logits, classes, gradient);
    Lane square{}, cross{};
    for (int c = 0; c < classes; c++) {
      const Lane p = gradient[c], difference = p - (labels == c ? broadcast(1.0f) : Lane{});
      square += difference * difference;
      cross += difference * p;
    }
    const float scale = 1.0f / static_cast<float>(classes);
    for (int c = 0; c < classes; c++) {
      const Lane p = gradient[c], difference = p - (labels == c ? broadcast(1.0f) : Lane{});
      gradient[c] = 2.0f * scale * p * (difference - cross);
    }
    return square * scale;
  }
};

struct Focal : LossBase {
  float gamma = 2.0f;

  static constexpr const char* kName = "Focal";
  static constexpr const char* kKey = "focal";
  static constexpr const char* kDoc = "``-(1 - p)**gamma log p`` for p of the label (Lin et al. 2017, eq. 4).";
  static constexpr auto fields() { return std::tuple{Field{"gamma", &Focal::gamma, "Focusing exponent, in 0..20; 0 is cross entropy."}}; }
  void validate() const { require(gamma >= 0.0f && gamma <= 20.0f, "Focal: gamma must be in 0..20, got ", gamma); }

  Lane evaluate(const Lane* logits, const IntLane& labels, int classes, Lane* gradient) const {
    Lane highest, others{};
    const Lane total = softmax(logits, classes, gradient, &highest);
    for (int c = 0; c < classes; c++) others += labels == c ? Lane{} : gradient[c];  // 1 - p without cancellation
    const Lane log_p = (detail::pick(logits, labels, classes) - highest) - log(total);
    const Lane p = exp(log_p), rest = max(others, broadcast(1e-30f));
    const Lane power = exp(gamma * log(rest));
    // dL/dz[j] = (gamma p rest^(gamma - 1) log p - rest^gamma) (y[j] - p[j])
    const Lane factor = gamma * p * log_p * (power / rest) - power;
    for (int c = 0; c < classes; c++) gradient[c] = labels == c ? factor * rest : -factor * gradient[c];
    return -power * log_p;
  }
};

struct Hinge : LossBase {
  static constexpr const char* kName = "Hinge";
  static constexpr const char* kKey = "hinge";
  static constexpr const char* kDoc = "Multi-class hinge on logits: ``max(0, 1 + max(z[others]) - z[label])`` (Crammer and Singer 2001).";

  Lane evaluate(const Lane* logits, const IntLane& labels, int classes, Lane* gradient) const {
    Lane rival = broadcast(-3.4e38f);
    IntLane rival_class{};
    for (int c = 0; c < classes; c++) {
      const Lane z = labels == c ? broadcast(-3.4e38f) : logits[c];
      rival_class = z > rival ? IntLane{} + c : rival_class;  // the first of equals
      rival = max(rival, z);
    }
    const Lane margin = 1.0f + rival - detail::pick(logits, labels, classes);
    const Lane active = margin > 0.0f ? broadcast(1.0f) : Lane{};
    for (int c = 0; c < classes; c++) gradient[c] = labels == c ? -active : (rival_class == c ? active : Lane{});
    return margin * active;
  }
};

struct HingeOneVsRest : LossBase {
  static constexpr const char* kName = "HingeOneVsRest";
  static constexpr const char* kKey = "hinge_one_vs_rest";
  static constexpr const char* kDoc = "Sum over the classes of ``max(0, 1 - y z)``, y = 1 for the label and -1 for the others.";

  Lane evaluate(const Lane* logits, const IntLane& labels, int classes, Lane* gradient) const {
    Lane loss{};
    for (int c = 0; c < classes; c++) {
      const Lane y = labels == c ? broadcast(1.0f) : broadcast(-1.0f);
      const Lane margin = 1.0f - y * logits[c];
      loss += max(margin, Lane{});
      gradient[c] = margin > 0.0f ? -y : Lane{};
    }
    return loss;
  }
};

// Every loss there is. A new one is a struct above and its name here.
using Loss = std::variant<CrossEntropy, WeightedCrossEntropy, MeanSquaredError, Focal, Hinge, HingeOneVsRest>;

// A logit that is not finite makes the loss of its sample so too: maxima and clamped exponentials would hide it.
inline Lane evaluate_loss(const Loss& loss, const Lane* logits, const IntLane& labels, int classes, Lane* gradient) {
  Lane poison{};
  for (int c = 0; c < classes; c++) poison += 0.0f * logits[c];
  return std::visit([&](const auto& kind) { return kind.evaluate(logits, labels, classes, gradient); }, loss) + poison;
}

}  // namespace digitcompress
