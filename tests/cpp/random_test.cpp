#include "core/random.hpp"

#include <array>
#include <cstdint>
#include <doctest/doctest.h>

namespace digitcompress {

// Vectors of the Random123 distribution (kat_vectors, philox4x32 with 10 rounds).
TEST_CASE("Random is Philox4x32-10") {
  using Block = std::array<std::uint32_t, 4>;
  CHECK(Random(0, 0).block(0) == Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  constexpr std::uint64_t ones = ~std::uint64_t{0};
  CHECK(Random(ones, ones).block(ones) == Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  const Random pi(0x299f31d0a4093822, 0x0370734413198a2e);
  CHECK(pi.block(0x85a308d3243f6a88) == Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

}  // namespace digitcompress
