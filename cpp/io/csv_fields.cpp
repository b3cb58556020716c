#include "io/csv_fields.hpp"

#include <algorithm>
#include <sstream>
#include <string>

#include "core/error.hpp"
#include "io/excerpt.hpp"

namespace digitcompress::io {
namespace {

constexpr std::string_view kSpaces = " \t";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kSpaces);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpaces) - first + 1);
}

// Length of the UTF-8 sequence that `lead` opens; 0 for a byte that opens none.
std::size_t sequence_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}

// The second byte decides over-long forms, surrogates and code points above U+10FFFF.
bool is_second_byte(unsigned char lead, unsigned char byte) {
  const unsigned char low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const unsigned char high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  return byte >= low && byte <= high;
}

std::size_t first_invalid_utf8(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = sequence_length(byte(i));
    if (length == 0 || length > text.size() - i) return i;
    if (length > 1 && !is_second_byte(byte(i), byte(i + 1))) return i;
    for (std::size_t k = 2; k < length; k++)
      if ((byte(i + k) & 0xc0) != 0x80) return i;
    i += length;
  }
  return std::string_view::npos;
}

}  // namespace

std::string describe(const CsvPlace& place) {
  std::ostringstream text;
  text << place.source << ": row " << place.row;
  if (place.column > 0) text << ", column " << place.column;
  return text.str();
}

bool CsvFields::next(std::string_view& field) {
  if (finished_) return false;
  place_.column++;
  const std::size_t start = std::min(rest_.find_first_not_of(kSpaces), rest_.size());
  if (start < rest_.size() && rest_[start] == '"') {
    rest_.remove_prefix(start + 1);
    field = quoted();
    return true;
  }
  const std::size_t comma = rest_.find(',');
  finished_ = comma == std::string_view::npos;
  field = trimmed(rest_.substr(0, comma));
  if (!finished_) rest_.remove_prefix(comma + 1);
  return true;
}

// No field of this format holds a quote or a line break, so a quote must close on its own line and a comma must follow.
std::string_view CsvFields::quoted() {
  const std::size_t close = rest_.find('"');
  if (close == std::string_view::npos) fail<FormatError>(describe(place_), ": quote must be closed on its line, got ", excerpt(rest_));
  const std::string_view field = trimmed(rest_.substr(0, close));
  rest_.remove_prefix(close + 1);
  rest_.remove_prefix(std::min(rest_.find_first_not_of(kSpaces), rest_.size()));
  finished_ = rest_.empty();
  if (!finished_ && rest_.front() != ',') fail<FormatError>(describe(place_), ": closing quote must end the field, got ", excerpt(rest_));
  if (!finished_) rest_.remove_prefix(1);
  return field;
}

std::size_t count_fields(std::string_view line, const CsvPlace& place) {
  CsvFields fields(line, place);
  std::size_t count = 0;
  for (std::string_view field; fields.next(field);) count++;
  return count;
}

void require_text(std::string_view line, const CsvPlace& place) {
  const std::size_t nul = line.find('\0');
  if (nul != std::string_view::npos) fail<FormatError>(describe(place), ": text must hold no NUL byte, got one at byte ", nul + 1);
  const std::size_t invalid = first_invalid_utf8(line);
  if (invalid != std::string_view::npos)
    fail<FormatError>(describe(place), ": text must be UTF-8, got ", excerpt(line.substr(invalid, 1)), " at byte ", invalid + 1);
}

bool is_blank(std::string_view line) { return line.find_first_not_of(kSpaces) == std::string_view::npos; }

std::optional<int> small_number(std::string_view field) {
  if (field.empty() || field.size() > 3) return std::nullopt;
  int number = 0;
  for (const char character : field) {
    if (character < '0' || character > '9') return std::nullopt;
    number = number * 10 + (character - '0');
  }
  return number;
}

}  // namespace digitcompress::io
