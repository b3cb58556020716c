#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "io/csv_fields.hpp"

namespace digitcompress::io {

inline constexpr int kCsvImageSide = 28;
inline constexpr std::size_t kCsvPixels = kCsvImageSide * kCsvImageSide;
inline constexpr std::size_t kCsvMaxColumns = 65'536;
inline constexpr int kCsvLabel = -1;

// What each column holds: the index of a pixel, or kCsvLabel.
struct CsvLayout {
  std::vector<int> targets;
  bool in_order = true;  // label (if any) first, then the pixels row by row

  [[nodiscard]] std::size_t columns() const { return targets.size(); }
};

struct CsvDialect {
  bool labels = true;
  bool label_last = false;  // only without a header, which would say it

  [[nodiscard]] std::size_t columns() const { return kCsvPixels + (labels ? 1 : 0); }
};

// True when every field is a plain number: then the line is data, not a header.
[[nodiscard]] bool is_numeric_row(std::string_view line, const CsvPlace& place);

[[nodiscard]] CsvLayout headerless_layout(const CsvDialect& dialect);

// Accepts the names label, pixel0 ... pixel783 and 1x1 ... 28x28 in any order and case, each exactly once.
[[nodiscard]] CsvLayout read_csv_header(std::string_view line, const CsvDialect& dialect, const CsvPlace& place);

// "label" or "pixel12", for messages.
[[nodiscard]] std::string column_name(int target);

}  // namespace digitcompress::io
