#pragma once
#include <cstdint>
#include <vector>

#include "layers/patch_images.hpp"

namespace digitcompress {

// Which samples of a small batch have ink in a patch, a bit each: enough to go through the samples patch by patch without sorting them.
class PatchMembers {
 public:
  static constexpr int kSamples = 64;  // at most, at a time

  // Finds those of the rows among samples whose patches with ink are `ink`.
  void find(const InkMasks& ink, const PatchRows& rows);
  // Bit i: row(i) has ink in the patch.
  [[nodiscard]] std::uint64_t of(int patch) const { return members_[static_cast<std::size_t>(patch)]; }

 private:
  std::vector<std::uint64_t> members_;
};

}  // namespace digitcompress
