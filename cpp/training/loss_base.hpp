#pragma once
#include <tuple>

namespace digitcompress {

// What a loss is unless its struct says otherwise.
struct LossBase {
  static constexpr bool kBalances = false;      // whether classes are weighted by how rare they are, unless the caller gives weights
  static constexpr bool kReconstructs = false;  // whether the output is compared with the input instead of labels
  static constexpr auto fields() { return std::tuple{}; }
  void validate() const {}
};

}  // namespace digitcompress
