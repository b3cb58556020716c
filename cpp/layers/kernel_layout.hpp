#pragma once
#include <cstddef>
#include <vector>

#include "layers/tap_plan.hpp"

namespace digitcompress {

// Where the weights of a sliding window lie in memory: weight[o][c][ky][kx] at o · output + c · channel + (ky · kernel + kx) · tap.
//
// Usually a kernel's places are neighbours. Where images are smaller than the kernel, some of its places only ever meet padding; each place
// has a plane of its own then, so that what lies idle is neither fetched nor written: eight ninths of ResNet-18's last convolutions.
struct KernelLayout {
  std::ptrdiff_t output = 0, channel = 0, tap = 0;

  static KernelLayout kernel_innermost(int channels, int area) { return {static_cast<std::ptrdiff_t>(channels) * area, area, 1}; }
  static KernelLayout kernel_outermost(int outputs, int channels) { return {channels, 1, static_cast<std::ptrdiff_t>(outputs) * channels}; }
  // Of the array [o][c][ky][kx].
  [[nodiscard]] std::vector<std::size_t> strides(int kernel) const {
    return {static_cast<std::size_t>(output), static_cast<std::size_t>(channel), static_cast<std::size_t>(kernel * tap),
            static_cast<std::size_t>(tap)};
  }
};

// Neighbouring values of a parameter.
struct ValueRange {
  std::size_t first, stop;
};

// The sides of a sliding window: `smaller` has a place for each position of the window over `larger`.
struct WindowSides {
  Window window;
  Shape smaller, larger;

  [[nodiscard]] bool meets_nothing(int ky, int kx) const {
    return window.meets_nothing(ky, smaller.height, larger.height) || window.meets_nothing(kx, smaller.width, larger.width);
  }
  [[nodiscard]] bool has_idle_places() const;
  // Runs of kernel places that meet something, `plane` apart in memory.
  [[nodiscard]] std::vector<ValueRange> used_planes(std::size_t plane) const;
};

inline bool WindowSides::has_idle_places() const {
  for (int k = 0; k < window.kernel; k++) {
    if (meets_nothing(k, k)) return true;
  }
  return false;
}

inline std::vector<ValueRange> WindowSides::used_planes(std::size_t plane) const {
  std::vector<ValueRange> used;
  for (int tap = 0; tap < window.kernel * window.kernel; tap++) {
    if (meets_nothing(tap / window.kernel, tap % window.kernel)) continue;
    const std::size_t first = static_cast<std::size_t>(tap) * plane;
    if (used.empty() || used.back().stop != first) used.push_back({first, first});
    used.back().stop += plane;
  }
  return used;
}

}  // namespace digitcompress
