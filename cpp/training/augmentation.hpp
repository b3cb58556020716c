#pragma once
#include <cstdint>
#include <tuple>
#include <variant>

#include "core/error.hpp"
#include "core/field.hpp"
#include "core/random.hpp"
#include "training/displacement.hpp"
#include "training/warp.hpp"

// Random changes of images. One says where the pixels of the changed image come from; the image itself is read once, after the last.
namespace digitcompress {

// The random numbers of one change of one image: blocks from `first` on, fewer than 2^24.
struct Draws {
  const Random& random;
  std::uint64_t first;

  [[nodiscard]] std::array<std::uint32_t, 4> block(std::uint64_t index) const { return random.block(first + index); }
};

namespace detail {

// In [-1, 1), a multiple of 2^-23.
inline float signed_uniform(std::uint32_t bits) { return static_cast<float>(bits >> 8) * 0x1p-23f - 1.0f; }

}  // namespace detail

struct Affine {
  float rotation = 10.0f, scale = 0.1f, shear = 5.0f, shift = 2.0f;

  static constexpr const char* kName = "Affine";
  static constexpr const char* kKey = "affine";
  static constexpr const char* kDoc =
      "Scaled, sheared, rotated about the centre and shifted: each by an amount drawn evenly between minus and plus its limit. Read "
      "bilinearly, black where the image has nothing.";
  static constexpr auto fields() {
    return std::tuple{Field{"rotation", &Affine::rotation, "Largest angle in degrees, in 0..180."},
                      Field{"scale", &Affine::scale, "Largest change of size as a share of it, in 0..0.9."},
                      Field{"shear", &Affine::shear, "Largest slant in degrees, in 0..60."},
                      Field{"shift", &Affine::shift, "Largest shift along each axis in pixels, fractions included, in 0..1000."}};
  }
  void validate() const {
    require(rotation >= 0.0f && rotation <= 180.0f, "Affine: rotation must be in 0..180 degrees, got ", rotation);
    require(scale >= 0.0f && scale <= 0.9f, "Affine: scale must be in 0..0.9, got ", scale);
    require(shear >= 0.0f && shear <= 60.0f, "Affine: shear must be in 0..60 degrees, got ", shear);
    require(shift >= 0.0f && shift <= 1000.0f, "Affine: shift must be in 0..1000 pixels, got ", shift);
  }
  void apply(const Draws& draws, Warp& warp, Displacement& displacement) const;
};

struct Shift {
  int pixels = 2;

  static constexpr const char* kName = "Shift";
  static constexpr const char* kKey = "shift";
  static constexpr const char* kDoc = "Shifted along each axis by whole pixels, each number from ``-pixels`` to ``pixels`` as likely.";
  static constexpr auto fields() { return std::tuple{Field{"pixels", &Shift::pixels, "Largest shift, in 0..1000."}}; }
  void validate() const { require(pixels >= 0 && pixels <= 1000, "Shift: pixels must be in 0..1000, got ", pixels); }
  void apply(const Draws& draws, Warp& warp, Displacement& displacement) const;
};

struct Elastic {
  float alpha = 34.0f, sigma = 4.0f;

  static constexpr const char* kName = "Elastic";
  static constexpr const char* kKey = "elastic";
  static constexpr const char* kDoc =
      "Elastic distortion (Simard et al. 2003): pixels displaced along each axis by ``alpha`` times noise from -1 to 1 that a Gaussian of "
      "standard deviation ``sigma`` has smoothed. Read bilinearly, black where the image has nothing.";
  static constexpr auto fields() {
    return std::tuple{Field{"alpha", &Elastic::alpha, "Strength, in 0..10000 pixels."},
                      Field{"sigma", &Elastic::sigma, "Standard deviation of the Gaussian in pixels, in 0.1..100."}};
  }
  void validate() const {
    require(alpha >= 0.0f && alpha <= 1e4f, "Elastic: alpha must be in 0..10000, got ", alpha);
    require(sigma >= 0.1f && sigma <= 100.0f, "Elastic: sigma must be in 0.1..100 pixels, got ", sigma);
  }
  void apply(const Draws& draws, Warp& warp, Displacement& displacement) const;
};

// Every augmentation there is. A new one is a struct above and its name here.
using Augmentation = std::variant<Affine, Shift, Elastic>;

}  // namespace digitcompress
