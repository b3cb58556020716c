#include "training/augmentation.hpp"

#include <cmath>
#include <cstddef>
#include <numbers>

namespace digitcompress {

// The inverse of: scale, then slant along x, then rotate, all about the centre, then shift.
void Affine::apply(const Draws& draws, Warp& warp, Displacement&) const {
  const auto first = draws.block(0), second = draws.block(1);
  const auto radians = [](float degrees) { return static_cast<double>(degrees) * std::numbers::pi / 180.0; };
  const double angle = radians(rotation * detail::signed_uniform(first[0]));
  const double size = 1.0 + static_cast<double>(scale * detail::signed_uniform(first[1]));
  const double slant = std::tan(radians(shear * detail::signed_uniform(first[2])));
  const double cosine = std::cos(angle) / size, sine = std::sin(angle) / size;
  const double a = cosine + slant * sine, b = sine - slant * cosine, d = -sine, e = cosine;
  const double centre_x = 0.5 * (warp.width() - 1), centre_y = 0.5 * (warp.height() - 1);
  const double x = centre_x + static_cast<double>(shift * detail::signed_uniform(first[3]));
  const double y = centre_y + static_cast<double>(shift * detail::signed_uniform(second[0]));
  const auto single = [](double value) { return static_cast<float>(value); };
  warp.transform({single(a), single(b), single(centre_x - a * x - b * y), single(d), single(e), single(centre_y - d * x - e * y)});
}

void Shift::apply(const Draws& draws, Warp& warp, Displacement&) const {
  const auto bits = draws.block(0);
  const auto amount = [&](std::uint32_t word) {
    const auto choices = static_cast<std::uint64_t>(2 * pixels + 1);
    return static_cast<float>(static_cast<int>((word * choices) >> 32) - pixels);
  };
  warp.transform({1.0f, 0.0f, -amount(bits[0]), 0.0f, 1.0f, -amount(bits[1])});
}

void Elastic::apply(const Draws& draws, Warp& warp, Displacement& displacement) const {
  // A byte of noise each: the sum of hundreds that smoothing makes has all the resolution it needs.
  const std::span<std::uint8_t> noise = displacement.noise();
  for (std::size_t i = 0; i < noise.size(); i += 16) {
    const auto words = draws.block(i / 16);
    for (std::size_t j = 0; j < 16; j++) noise[i + j] = static_cast<std::uint8_t>(words[j / 4] >> (8 * (j % 4)));
  }
  displacement.smooth(sigma, alpha);
  warp.displace(displacement.x(), displacement.y());
}

}  // namespace digitcompress
