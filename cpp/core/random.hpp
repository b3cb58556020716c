#pragma once
#include <array>
#include <cmath>
#include <cstdint>

namespace digitcompress {

// Philox4x32-10 (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011): random numbers as a function of a counter,
// so results depend neither on the thread count nor on the order of evaluation.
class Random {
 public:
  // `stream` separates uses of one seed: parameters, shuffles, rounding.
  Random(std::uint64_t seed, std::uint64_t stream) : seed_(seed), stream_(stream) {}

  [[nodiscard]] std::array<std::uint32_t, 4> block(std::uint64_t counter) const {
    std::array<std::uint32_t, 4> x = {low(counter), high(counter), low(stream_), high(stream_)};
    std::uint32_t key0 = low(seed_), key1 = high(seed_);
    for (int round = 0; round < 10; round++) {
      const std::uint64_t a = std::uint64_t{0xD2511F53} * x[0], b = std::uint64_t{0xCD9E8D57} * x[2];
      x = {high(b) ^ x[1] ^ key0, low(b), high(a) ^ x[3] ^ key1, low(a)};
      key0 += 0x9E3779B9, key1 += 0xBB67AE85;
    }
    return x;
  }

  [[nodiscard]] std::uint32_t bits(std::uint64_t index) const { return block(index / 4)[index % 4]; }

  // In [0, 1), a multiple of 2^-24.
  [[nodiscard]] float uniform(std::uint64_t index) const { return static_cast<float>(bits(index) >> 8) * 0x1p-24f; }

  // 32 random bits to 0 … bound - 1, by Lemire's multiplication; the bias is below bound / 2^32.
  [[nodiscard]] static std::uint32_t below(std::uint32_t bits, std::uint32_t bound) { return high(std::uint64_t{bits} * bound); }

  // Standard normal, by Box and Muller.
  [[nodiscard]] float normal(std::uint64_t index) const {
    const auto x = block(index);
    const double radius = std::sqrt(-2.0 * std::log((x[0] + 0.5) * 0x1p-32));
    return static_cast<float>(radius * std::cos(6.283185307179586 * (x[1] * 0x1p-32)));
  }

 private:
  static constexpr std::uint32_t low(std::uint64_t value) { return static_cast<std::uint32_t>(value); }
  static constexpr std::uint32_t high(std::uint64_t value) { return static_cast<std::uint32_t>(value >> 32); }
  std::uint64_t seed_, stream_;
};

}  // namespace digitcompress
