#include "layers/patch_members.hpp"

#include <algorithm>

namespace digitcompress {
namespace {

// Bit c of row r becomes bit r of row c. Blocks change places with those opposite, from halves down to single bits: H. S. Warren,
// "Hacker's Delight", section 7-3.
void transpose_bits(std::uint64_t* rows) {
  std::uint64_t low = 0xFFFF'FFFF;
  for (int half = 32; half > 0; half /= 2, low ^= low << half) {
    for (int block = 0; block < 64; block += 2 * half) {
      for (int r = block; r < block + half; r++) {
        const std::uint64_t changes = (rows[r] >> half ^ rows[r + half]) & low;
        rows[r] ^= changes << half;
        rows[r + half] ^= changes;
      }
    }
  }
}

}  // namespace

void PatchMembers::find(const InkMasks& ink, const PatchRows& rows) {
  members_.resize(ink.words * kSamples);
  for (std::size_t word = 0; word < ink.words; word++) {
    std::uint64_t* members = members_.data() + word * kSamples;
    for (int i = 0; i < rows.samples; i++) members[i] = ink.of(rows[i])[word];
    std::fill(members + rows.samples, members + kSamples, std::uint64_t{0});
    transpose_bits(members);
  }
}

}  // namespace digitcompress
