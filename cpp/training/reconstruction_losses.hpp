#pragma once
#include "core/lanes.hpp"
#include "training/loss_base.hpp"

// Losses whose target is the network's own input. They take outputs and targets [feature][lane], write the gradient of each sample's own
// loss with respect to its outputs, and return those losses.
namespace digitcompress {

namespace detail {

// log(1 + a) for a in 0..1, to full relative precision: 2 atanh(s) by its series at s = a / (2 + a), s <= 1/3.
inline Lane log_one_plus(const Lane& a) {
  const Lane s = a / (2.0f + a), s2 = s * s;
  Lane series = broadcast(1.0f / 15.0f);
  series = series * s2 + 1.0f / 13.0f;
  series = series * s2 + 1.0f / 11.0f;
  series = series * s2 + 1.0f / 9.0f;
  series = series * s2 + 1.0f / 7.0f;
  series = series * s2 + 1.0f / 5.0f;
  series = series * s2 + 1.0f / 3.0f;
  return 2.0f * (s + s * s2 * series);
}

}  // namespace detail

struct Reconstruction : LossBase {
  static constexpr bool kReconstructs = true;
  static constexpr const char* kName = "Reconstruction";
  static constexpr const char* kKey = "reconstruction";
  static constexpr const char* kDoc = "Mean over the features of ``(output - input)**2``, for auto-encoders.";

  Lane evaluate(const Lane* outputs, const Lane* targets, int features, Lane* gradient) const {
    const float scale = 1.0f / static_cast<float>(features);
    Lane loss{};
    for (int f = 0; f < features; f++) {
      const Lane difference = outputs[f] - targets[f];
      loss += difference * difference;
      gradient[f] = (2.0f * scale) * difference;
    }
    return loss * scale;
  }
};

struct BinaryReconstruction : LossBase {
  static constexpr bool kReconstructs = true;
  static constexpr const char* kName = "BinaryReconstruction";
  static constexpr const char* kKey = "binary_reconstruction";
  static constexpr const char* kDoc =
      "Mean over the features of the binary cross entropy ``-x log s - (1 - x) log(1 - s)`` for inputs x in 0..1 and ``s = "
      "sigmoid(output)``.";

  Lane evaluate(const Lane* outputs, const Lane* targets, int features, Lane* gradient) const {
    const float scale = 1.0f / static_cast<float>(features);
    Lane loss{};
    for (int f = 0; f < features; f++) {
      const Lane z = outputs[f];
      const Lane small = exp(-abs(z)), inverse = 1.0f / (1.0f + small);
      // Not max(z, 0) - x z: that cancels where the output agrees with a target of 1.
      const Lane linear = z > 0.0f ? z * (1.0f - targets[f]) : -z * targets[f];
      loss += linear + detail::log_one_plus(small);
      gradient[f] = scale * ((z > 0.0f ? inverse : small * inverse) - targets[f]);
    }
    return loss * scale;
  }
};

}  // namespace digitcompress
