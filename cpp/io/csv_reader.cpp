#include "io/csv_reader.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/error.hpp"
#include "io/excerpt.hpp"

namespace digitcompress::io {
namespace {

constexpr std::size_t kLongestLine = std::size_t{1} << 20;
constexpr std::size_t kMostRowsReserved = (std::size_t{1} << 26) / kCsvPixels;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kZeros = "0,0,0,0,0,0,0,0,";
constexpr std::size_t kZerosFields = kZeros.size() / 2;

// A plain row takes at most four bytes per field; the zeros below are looked for one step beyond.
constexpr std::size_t kLongestPlainRow = 4 * (kCsvPixels + 1) + kZeros.size();

bool is_line_end(char character) { return character == '\n' || character == '\r'; }

// Reads up to three digits; `wrong` collects whatever is not 0..255.
std::uint8_t read_pixel(const char*& position, unsigned& wrong) {
  const auto digit = [&] { return static_cast<unsigned>(static_cast<unsigned char>(*position)) - '0'; };
  unsigned value = digit();
  wrong |= static_cast<unsigned>(value > 9);
  position++;
  for (int more = 0; more < 2 && digit() <= 9; more++) value = value * 10 + digit(), position++;
  wrong |= value & ~255u;
  return static_cast<std::uint8_t>(value);
}

// Reads a row of bare numbers, the form that nearly every row has; false for any other, which take_careful_row then judges.
// The caller sees to it that kLongestPlainRow bytes can be read.
bool read_plain_row(const char*& position, std::span<std::uint8_t> values) {
  const char* cursor = position;
  unsigned wrong = 0;
  for (std::size_t i = 0; i + 1 < values.size();) {
    // Four pixels of five are background, in long runs.
    if (i + kZerosFields < values.size() && std::memcmp(cursor, kZeros.data(), kZeros.size()) == 0) {
      std::memset(&values[i], 0, kZerosFields);
      i += kZerosFields, cursor += kZeros.size();
      continue;
    }
    values[i++] = read_pixel(cursor, wrong);
    wrong |= static_cast<unsigned>(*cursor++ != ',');
    if (wrong != 0) return false;
  }
  values.back() = read_pixel(cursor, wrong);
  if (wrong != 0 || !is_line_end(*cursor)) return false;
  position = cursor;
  return true;
}

}  // namespace

CsvReader::CsvReader(CsvOptions options) : options_(std::move(options)) {
  // Two bytes per field are the least a row can take, so this is never too small; a sparse file can claim any size, hence the cap.
  const std::size_t rows = std::min({options_.expected_bytes / (2 * options_.dialect.columns()) + 1, options_.max_rows, kMostRowsReserved});
  if (options_.expected_bytes == 0) return;
  table_.pixels.reserve(rows * kCsvPixels);
  if (options_.dialect.labels) table_.labels.reserve(rows);
}

void CsvReader::feed(std::span<const char> piece) {
  pending_.append(piece.data(), piece.size());
  consume(false);
}

CsvTable CsvReader::finish() {
  consume(true);
  require(table_.rows > 0, options_.source, ": file must hold at least one row of pixels, got no rows");
  return std::move(table_);
}

void CsvReader::consume(bool last) {
  const char* position = pending_.data();
  const char* const end = position + pending_.size();
  while (position != end) {
    const bool second_half = std::exchange(skip_newline_, false) && *position == '\n';
    if (second_half || (static_cast<std::size_t>(end - position) >= kLongestPlainRow && take_plain_row(position))) {
      skip_newline_ = !second_half && *position == '\r';
      position++;
      continue;
    }
    const char* const line_end = std::find_if(position, end, is_line_end);
    if (static_cast<std::size_t>(line_end - position) > kLongestLine) {
      fail<LimitError>(options_.source, ": row ", row_ + 1, ": a line must have at most ", kLongestLine, " bytes, got more");
    }
    if (line_end == end && !last) break;
    take_line({position, line_end});
    position = line_end;
    if (position != end) skip_newline_ = *position++ == '\r';
  }
  pending_.erase(0, static_cast<std::size_t>(position - pending_.data()));
}

bool CsvReader::take_plain_row(const char*& position) {
  if (!layout_ || blank_row_ != 0) return false;
  if (!read_plain_row(position, std::span(values_).first(layout_->columns()))) return false;
  row_++;
  store_row();
  return true;
}

void CsvReader::take_line(std::string_view line) {
  if (row_++ == 0 && line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  if (is_blank(line)) {
    if (blank_row_ == 0) blank_row_ = row_;
    return;
  }
  if (blank_row_ != 0) fail<FormatError>(options_.source, ": row ", blank_row_, ": blank lines must be at the end only, got rows below");
  require_text(line, place());
  if (!layout_) {
    take_first_line(line);
  } else {
    take_careful_row(line);
  }
}

void CsvReader::take_first_line(std::string_view line) {
  static_cast<void>(count_columns(line));
  if (!is_numeric_row(line, place())) {
    layout_ = read_csv_header(line, options_.dialect, place());
    return;
  }
  layout_ = headerless_layout(options_.dialect);
  take_careful_row(line);
}

std::size_t CsvReader::count_columns(std::string_view line) const {
  const std::size_t fields = count_fields(line, place());
  if (fields > kCsvMaxColumns) fail<LimitError>(describe(place()), " must have at most ", kCsvMaxColumns, " fields, got ", fields);
  return fields;
}

void CsvReader::require_width(std::string_view line) const {
  const std::size_t fields = count_columns(line);
  if (fields == layout_->columns()) return;
  const bool unlabelled = options_.dialect.labels && fields == kCsvPixels;
  fail<FormatError>(describe(place()), " must have ", layout_->columns(), " fields, got ", fields,
                    unlabelled ? "; pass labels=False for a file without labels" : "");
}

void CsvReader::take_careful_row(std::string_view line) {
  require_width(line);
  CsvFields fields(line, place());
  std::size_t column = 0;
  for (std::string_view field; fields.next(field); column++) {
    const int target = layout_->targets[column], largest = target == kCsvLabel ? 9 : 255;
    const auto value = small_number(field);
    if (!value || *value > largest) {
      fail(describe(fields.place()), " (", column_name(target), ") must be an integer in 0..", largest, ", got ", excerpt(field));
    }
    values_[column] = static_cast<std::uint8_t>(*value);
  }
  store_row();
}

void CsvReader::store_row() {
  if (table_.rows == options_.max_rows)
    fail<LimitError>(describe(place()), ": file must hold at most max_rows=", options_.max_rows, " rows");
  const std::size_t start = table_.pixels.size();
  table_.pixels.resize(start + kCsvPixels);
  const auto pixels = std::span(table_.pixels).subspan(start);
  if (layout_->in_order) {
    std::memcpy(pixels.data(), &values_[layout_->columns() - kCsvPixels], kCsvPixels);
    if (layout_->columns() > kCsvPixels) store_label(0);
  } else {
    for (std::size_t column = 0; column < layout_->columns(); column++) {
      const int target = layout_->targets[column];
      if (target == kCsvLabel) {
        store_label(column);
      } else {
        pixels[static_cast<std::size_t>(target)] = values_[column];
      }
    }
  }
  table_.rows++;
}

void CsvReader::store_label(std::size_t column) {
  const int label = values_[column];
  if (label > 9) fail(describe({options_.source, row_, column + 1}), " (label) must be an integer in 0..9, got '", label, "'");
  table_.labels.push_back(label);
}

}  // namespace digitcompress::io
