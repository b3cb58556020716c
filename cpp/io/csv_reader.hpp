#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/csv_layout.hpp"

namespace digitcompress::io {

struct CsvOptions {
  std::string source;  // names the file in messages
  CsvDialect dialect;
  std::size_t max_rows = 10'000'000;
  std::size_t expected_bytes = 0;  // size of the text where it is known: memory is then taken once
};

struct CsvTable {
  std::vector<std::uint8_t> pixels;  // kCsvPixels per row
  std::vector<std::int64_t> labels;  // one per row; empty without labels
  std::size_t rows = 0;
};

// Reads Kaggle's digit-recognizer format piece by piece. After an exception the reader is of no further use.
class CsvReader {
 public:
  explicit CsvReader(CsvOptions options);

  // The next bytes of the text; a piece may end anywhere.
  void feed(std::span<const char> piece);

  [[nodiscard]] CsvTable finish();

 private:
  void consume(bool last);
  [[nodiscard]] bool take_plain_row(const char*& position);
  void take_line(std::string_view line);
  void take_first_line(std::string_view line);
  void take_careful_row(std::string_view line);
  [[nodiscard]] std::size_t count_columns(std::string_view line) const;
  void require_width(std::string_view line) const;
  void store_row();
  void store_label(std::size_t column);
  [[nodiscard]] CsvPlace place() const { return {options_.source, row_}; }

  CsvOptions options_;
  std::string pending_;  // read, but not yet understood: the tail of a piece
  std::optional<CsvLayout> layout_;
  std::array<std::uint8_t, kCsvPixels + 1> values_{};  // one row, in the order of the file
  CsvTable table_;
  std::size_t row_ = 0;
  std::size_t blank_row_ = 0;  // the first of the blank lines just seen
  bool skip_newline_ = false;  // the line before ended in a carriage return
};

}  // namespace digitcompress::io
