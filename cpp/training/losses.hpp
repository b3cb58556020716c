#pragma once
#include <tuple>
#include <variant>

#include "core/error.hpp"
#include "core/field.hpp"
#include "core/lanes.hpp"
#include "layers/softmax.hpp"
#include "training/loss_base.hpp"
#include "training/reconstruction_losses.hpp"

// Losses of labels take logits [class][lane] and the labels of kLanes samples; they write the gradient of each sample's own loss with
// respect to its logits, and return those losses. Value and gradient are one function, so they cannot drift apart.
namespace digitcompress {

namespace detail {

inline Lane pick(const Lane* values, const IntLane& labels, int classes) {
  Lane picked{};
  for (int c = 0; c < classes; c++) picked = labels == c ? values[c] : picked;
  return picked;
}

// Leaves p - target in `gradient` and returns -sum(target log p), where the target gives `smoothing` / C to every class and the rest to the
// label.
inline Lane cross_entropy(const Lane* logits, const IntLane& labels, int classes, float smoothing, Lane* gradient) {
  Lane highest;
  const Lane total = softmax(logits, classes, gradient, &highest);
  Lane expected = (1.0f - smoothing) * (pick(logits, labels, classes) - highest);
  const float share = smoothing / static_cast<float>(classes);
  for (int c = 0; c < classes; c++) {
    gradient[c] -= share + (labels == c ? broadcast(1.0f - smoothing) : Lane{});
    expected += share * (logits[c] - highest);
  }
  return log(total) - expected;
}

}  // namespace detail

struct CrossEntropy : LossBase {
  float label_smoothing = 0.0f;

  static constexpr const char* kName = "CrossEntropy";
  static constexpr const char* kKey = "cross_entropy";
  static constexpr const char* kDoc =
      "Softmax cross entropy: ``-log p[label]``, or with label smoothing s ``-sum(t log p)`` for ``t = (1 - s) onehot(label) + s / C`` "
      "(Szegedy et al. 2016, section 7).";
  static constexpr auto fields() {
    return std::tuple{Field{"label_smoothing", &CrossEntropy::label_smoothing, "Share of the target spread over all classes, in [0, 1)."}};
  }
  void validate() const { validate_smoothing(kName); }

  Lane evaluate(const Lane* logits, const IntLane& labels, int classes, Lane* gradient) const {
    return detail::cross_entropy(logits, labels, classes, label_smoothing, gradient);
  }

 protected:
  void validate_smoothing(const char* name) const {
    require(label_smoothing >= 0.0f && label_smoothing < 1.0f, name, ": label_smoothing must be in [0, 1), got ", label_smoothing);
  }
};

struct WeightedCrossEntropy : CrossEntropy {
  static constexpr bool kBalances = true;
  static constexpr const char* kName = "WeightedCrossEntropy";
  static constexpr const char* kKey = "weighted_cross_entropy";
  static constexpr const char* kDoc =
      "Cross entropy with a weight per class: ``-w[label] log p[label]``; without ``class_weight`` the weights balance the classes, "
      "``w[c] = n / (C n[c])``. Label smoothing is as in ``CrossEntropy``, and the label's weight multiplies the whole sum.";
  void validate() const { validate_smoothing(kName); }
};

struct NegativeLogLikelihood : LossBase {
  static constexpr const char* kName = "NegativeLogLikelihood";
  static constexpr const char* kKey = "nll";
  static constexpr const char* kDoc = "``-z[label]`` for a network that ends in log-probabilities z, as after ``LogSoftmax``.";

  Lane evaluate(const Lane* logits, const IntLane& labels, int classes, Lane* gradient) const {
    for (int c = 0; c < classes; c++) gradient[c] = labels == c ? broadcast(-1.0f) : Lane{};
    return -detail::pick(logits, labels, classes);
  }
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

struct Margin : LossBase {
  float positive = 0.9f, negative = 0.1f, down_weight = 0.5f;

  static constexpr const char* kName = "Margin";
  static constexpr const char* kKey = "margin";
  static constexpr const char* kDoc =
      "Margin loss of capsules' lengths v: ``max(0, positive - v[label])**2 + down_weight sum(max(0, v[others] - negative)**2)`` "
      "(Sabour et al. 2017, eq. 4).";
  static constexpr auto fields() {
    return std::tuple{Field{"positive", &Margin::positive, "Length from which the label's capsule is long enough, in 0..1."},
                      Field{"negative", &Margin::negative, "Length up to which another capsule is short enough, in 0..1."},
                      Field{"down_weight", &Margin::down_weight, "Weight of the other classes, in 0..1."}};
  }
  void validate() const {
    require(positive >= 0.0f && positive <= 1.0f, "Margin: positive must be in 0..1, got ", positive);
    require(negative >= 0.0f && negative <= 1.0f, "Margin: negative must be in 0..1, got ", negative);
    require(down_weight >= 0.0f && down_weight <= 1.0f, "Margin: down_weight must be in 0..1, got ", down_weight);
  }

  Lane evaluate(const Lane* logits, const IntLane& labels, int classes, Lane* gradient) const {
    Lane loss{};
    for (int c = 0; c < classes; c++) {
      const Lane missing = max(positive - logits[c], Lane{}), excess = max(logits[c] - negative, Lane{});
      loss += labels == c ? missing * missing : down_weight * (excess * excess);
      gradient[c] = labels == c ? -2.0f * missing : (2.0f * down_weight) * excess;
    }
    return loss;
  }
};

// Every loss there is. A new one is a struct here or in reconstruction_losses.hpp, and its name here.
using Loss = std::variant<CrossEntropy, WeightedCrossEntropy, MeanSquaredError, Focal, Hinge, HingeOneVsRest, NegativeLogLikelihood, Margin,
                          Reconstruction, BinaryReconstruction>;

// Whether the loss compares the network's output with its input; else with labels.
[[nodiscard]] inline bool reconstructs(const Loss& loss) {
  return std::visit([]<class Kind>(const Kind&) { return Kind::kReconstructs; }, loss);
}

namespace detail {

// Zero, or NaN where a value is not finite: maxima and clamped exponentials would hide it.
inline Lane poison_of(const Lane* values, int count) {
  Lane poison{};
  for (int i = 0; i < count; i++) poison += 0.0f * values[i];
  return poison;
}

}  // namespace detail

// A logit that is not finite makes the loss of its sample so too.
inline Lane evaluate_loss(const Loss& loss, const Lane* logits, const IntLane& labels, int classes, Lane* gradient) {
  const auto evaluate = [&]<class Kind>(const Kind& kind) -> Lane {
    if constexpr (Kind::kReconstructs)
      fail<StateError>(Kind::kName, ": the loss must compare classes with labels, got one that compares the output with the input");
    else
      return kind.evaluate(logits, labels, classes, gradient);
  };
  return std::visit(evaluate, loss) + detail::poison_of(logits, classes);
}

// The same for a loss that reconstructs; `targets` holds the input, [feature][lane].
inline Lane evaluate_reconstruction(const Loss& loss, const Lane* outputs, const Lane* targets, int features, Lane* gradient) {
  const auto evaluate = [&]<class Kind>(const Kind& kind) -> Lane {
    if constexpr (Kind::kReconstructs)
      return kind.evaluate(outputs, targets, features, gradient);
    else
      fail<StateError>(Kind::kName, ": the loss must compare the output with the input, got one that needs labels");
  };
  return std::visit(evaluate, loss) + detail::poison_of(outputs, features);
}

}  // namespace digitcompress
