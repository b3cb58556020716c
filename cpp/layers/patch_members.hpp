#pragma once
#include <cstdint>
#include <vector>

#include "layers/patch_images.hpp"

namespace digitcompress {

// Which samples of a small batch have ink in a patch, a bit each: enough to go through the samples patch by patch without sorting them.
class PatchMembers {
 public:
  static constexpr int kSamples = 64;  // at most, at a time

  PatchMembers() = default;
  explicit PatchMembers(const PatchImages& images);

  [[nodiscard]] int patches() const { return patches_; }
  // Bit i: row(i) has ink in the patch.
  [[nodiscard]] std::uint64_t of(int patch) const { return members_[static_cast<std::size_t>(patch)]; }
  void find(const PatchRows& rows);

 private:
  int patches_ = 0;
  std::size_t words_ = 0;               // of a sample
  std::vector<std::uint64_t> ink_;      // the patches of each sample that have ink, a bit each
  std::vector<std::uint64_t> members_;  // the same the other way round, for the rows last asked for
};

}  // namespace digitcompress
