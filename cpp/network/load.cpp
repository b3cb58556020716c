#include "network/load.hpp"

#include <algorithm>
#include <cstring>

namespace digitcompress {
namespace {

Lane load_values(const std::uint8_t* values) { return __builtin_convertvector(spread_bytes<kLanes>(values), Lane) * kByteScale; }

Lane load_values(const float* values) {
  Lane lane;
  std::memcpy(&lane, values, sizeof lane);
  return lane;
}

float value_of(std::uint8_t byte) { return static_cast<float>(byte) * kByteScale; }
float value_of(float value) { return value; }

template <class Value>
void load_group(const Value* const (&rows)[kLanes], int features, Lane* to) {
  int f = 0;
  for (; f + kLanes <= features; f += kLanes) {
    Lane block[kLanes];
    for (int lane = 0; lane < kLanes; lane++) block[lane] = load_values(rows[lane] + f);
    transpose(block);
    std::copy_n(block, kLanes, to + f);
  }
  for (; f < features; f++) {
    for (int lane = 0; lane < kLanes; lane++) to[f][lane] = value_of(rows[lane][f]);
  }
}

template <class Value, class RowOf>
void load_groups(const SelectedRows& rows, const RowOf& row_of, Lane* to) {
  const int features = rows.images->features;
  for (int first = 0; first < rows.samples; first += kLanes, to += features) {
    const Value* group[kLanes];
    for (int lane = 0; lane < kLanes; lane++) group[lane] = row_of(rows[std::min(first + lane, rows.samples - 1)]);
    load_group(group, features, to);
  }
}

}  // namespace

void load_rows(const SelectedRows& rows, Lane* to) {
  const Images& images = *rows.images;
  if (images.bytes != nullptr)
    load_groups<std::uint8_t>(rows, [&](std::int64_t row) { return images.byte_row(row); }, to);
  else
    load_groups<float>(rows, [&](std::int64_t row) { return images.float_row(row); }, to);
}

void store_rows(const Lane* from, int samples, int features, float* rows) {
  for (int first = 0; first < samples; first += kLanes, from += features) {
    const int count = std::min(kLanes, samples - first);
    int f = 0;
    for (; f + kLanes <= features; f += kLanes) {
      Lane block[kLanes];
      std::copy_n(from + f, kLanes, block);
      transpose(block);
      for (int lane = 0; lane < count; lane++)
        std::memcpy(rows + static_cast<std::ptrdiff_t>(first + lane) * features + f, &block[lane], sizeof(Lane));
    }
    for (; f < features; f++) {
      for (int lane = 0; lane < count; lane++) rows[static_cast<std::ptrdiff_t>(first + lane) * features + f] = from[f][lane];
    }
  }
}

}  // namespace digitcompress
