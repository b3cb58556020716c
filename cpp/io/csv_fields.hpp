#pragma once
#include <cstddef>
#include <optional>
#include <string_view>

namespace digitcompress::io {

// Where a message points: the file, the row as an editor counts lines (the header is row 1), and the column, counted from 1.
struct CsvPlace {
  std::string_view source;
  std::size_t row;
  std::size_t column = 0;
};

[[nodiscard]] std::string describe(const CsvPlace& place);

// Walks over the fields of one line: surrounding spaces and one pair of quotes are removed.
class CsvFields {
 public:
  CsvFields(std::string_view line, const CsvPlace& place) : rest_(line), place_(place) {}

  [[nodiscard]] bool next(std::string_view& field);
  [[nodiscard]] const CsvPlace& place() const { return place_; }

 private:
  std::string_view quoted();

  std::string_view rest_;
  CsvPlace place_;
  bool finished_ = false;
};

[[nodiscard]] std::size_t count_fields(std::string_view line, const CsvPlace& place);

// Refuses NUL bytes and anything that is not UTF-8: such a file is no text at all.
void require_text(std::string_view line, const CsvPlace& place);

[[nodiscard]] bool is_blank(std::string_view line);

// One to three ASCII digits as a number; nothing for any other text.
[[nodiscard]] std::optional<int> small_number(std::string_view field);

}  // namespace digitcompress::io
