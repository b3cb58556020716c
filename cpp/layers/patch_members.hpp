#pragma once
#include <cstdint>
#include <vector>

#include "layers/patch_images.hpp"

namespace digitcompress {

// Which samples of a small batch have ink in a patch, a bit each: enough to go through the samples patch by patch without sorting them.
class PatchMembers {
 public:
  static constexpr int kSamples = 64;  // at most, at a time

  explicit PatchMembers(const PatchImages& images) : patches_(images.patches), ink_(images), members_(ink_.words * kSamples) {}

  [[nodiscard]] int patches() const { return patches_; }
  // Bit i: row(i) has ink in the patch.
  [[nodiscard]] std::uint64_t of(int patch) const { return members_[static_cast<std::size_t>(patch)]; }
  void find(const PatchRows& rows);

 private:
  int patches_;
  InkMasks ink_;
  std::vector<std::uint64_t> members_;  // the same the other way round, for the rows last asked for
};

}  // namespace digitcompress
