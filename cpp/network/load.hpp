#pragma once
#include <cstdint>

#include "core/images.hpp"
#include "core/lanes.hpp"

namespace digitcompress {

// Samples of an image array: row(i) = order[first + i], or first + i without order.
struct SelectedRows {
  const Images* images = nullptr;
  const std::uint32_t* order = nullptr;
  std::int64_t first = 0;
  int samples = 0;

  [[nodiscard]] std::int64_t operator[](int i) const { return order == nullptr ? first + i : std::int64_t{order[first + i]}; }
};

// Writes rows as [group][feature][lane]; bytes are divided by 255, and lanes past the last sample repeat it.
void load_rows(const SelectedRows& rows, Lane* to);

// The inverse: the first `samples` samples of [group][feature][lane] as rows.
void store_rows(const Lane* from, int samples, int features, float* rows);

}  // namespace digitcompress
