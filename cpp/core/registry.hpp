#pragma once
#include <span>
#include <string>
#include <string_view>

#include "core/error.hpp"

namespace digitcompress {

// Row of a constexpr table by its name; an unknown name lists the known ones.
template <class Row>
const Row& find_row(std::span<const Row> rows, const char* kind, std::string_view name) {
  std::string known;
  for (const Row& row : rows) {
    if (name == row.name) return row;
    known.append(known.empty() ? "" : ", ").append(row.name);
  }
  fail<DataError>("unknown ", kind, " '", name, "'; known: ", known);
}

}  // namespace digitcompress
