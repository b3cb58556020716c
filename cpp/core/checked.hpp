#pragma once
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include "core/error.hpp"

namespace digitcompress {

// Arithmetic on sizes that came from outside. `what` begins the message: "images.idx: payload".

[[nodiscard]] inline std::size_t checked_add(std::size_t a, std::size_t b, std::string_view what) {
  require<LimitError>(b <= std::numeric_limits<std::size_t>::max() - a, what, " must fit in memory, got ", a, " + ", b, " bytes");
  return a + b;
}

[[nodiscard]] inline std::size_t checked_multiply(std::size_t a, std::size_t b, std::string_view what) {
  require<LimitError>(a == 0 || b <= std::numeric_limits<std::size_t>::max() / a, what, " must fit in memory, got ", a, " x ", b);
  return a * b;
}

// The product of all dimensions. A zero does not hide an overflow of the others: they are multiplied as if it were one.
[[nodiscard]] inline std::size_t checked_product(std::span<const std::size_t> dimensions, std::string_view what) {
  std::size_t product = 1;
  bool empty = false;
  for (const std::size_t dimension : dimensions) {
    empty |= dimension == 0;
    product = checked_multiply(product, dimension == 0 ? 1 : dimension, what);
  }
  return empty ? 0 : product;
}

}  // namespace digitcompress
