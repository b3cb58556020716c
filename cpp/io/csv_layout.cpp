#include "io/csv_layout.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>

#include "core/error.hpp"
#include "io/excerpt.hpp"

namespace digitcompress::io {
namespace {

char lower_ascii(char character) { return character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a') : character; }

// A number as column names write it: without leading zeros.
std::optional<int> index_in_name(std::string_view text) {
  return text.size() > 1 && text.front() == '0' ? std::nullopt : small_number(text);
}

// "5x28" is row 5, column 28, both counted from 1.
std::optional<int> grid_index(std::string_view name) {
  const std::size_t cross = name.find('x');
  if (cross == std::string_view::npos) return std::nullopt;
  const auto row = index_in_name(name.substr(0, cross)), column = index_in_name(name.substr(cross + 1));
  const auto inside = [](std::optional<int> number) { return number && *number >= 1 && *number <= kCsvImageSide; };
  if (!inside(row) || !inside(column)) return std::nullopt;
  return (*row - 1) * kCsvImageSide + *column - 1;
}

std::optional<int> target_of(std::string_view field) {
  std::string name(field);
  std::ranges::transform(name, name.begin(), lower_ascii);
  if (name == "label") return kCsvLabel;
  constexpr std::string_view kPrefix = "pixel";
  if (!name.starts_with(kPrefix)) return grid_index(name);
  const auto index = index_in_name(std::string_view(name).substr(kPrefix.size()));
  if (!index || *index >= static_cast<int>(kCsvPixels)) return std::nullopt;
  return index;
}

// The columns named so far; each name may come once.
class NamedColumns {
 public:
  void add(std::string_view field, const CsvPlace& place) {
    const auto target = target_of(field);
    if (!target) {
      fail<FormatError>(describe(place), ": header must name label, pixel0 to pixel783 or 1x1 to 28x28, got ", excerpt(field));
    }
    bool& seen = seen_[static_cast<std::size_t>(*target + 1)];
    if (seen) fail<FormatError>(describe(place), ": header must name each column once, got ", excerpt(field), " again");
    seen = true;
    targets_.push_back(*target);
  }

  [[nodiscard]] bool has_label() const { return seen_[0]; }
  [[nodiscard]] std::size_t pixels() const { return targets_.size() - (has_label() ? 1 : 0); }
  [[nodiscard]] const std::vector<int>& targets() const { return targets_; }

 private:
  std::vector<int> targets_;
  std::array<bool, kCsvPixels + 1> seen_{};
};

}  // namespace

bool is_numeric_row(std::string_view line, const CsvPlace& place) {
  CsvFields fields(line, place);
  const auto is_digit = [](char character) { return character >= '0' && character <= '9'; };
  for (std::string_view field; fields.next(field);)
    if (field.empty() || !std::ranges::all_of(field, is_digit)) return false;
  return true;
}

CsvLayout headerless_layout(const CsvDialect& dialect) {
  CsvLayout layout;
  layout.targets.resize(dialect.columns());
  std::iota(layout.targets.begin(), layout.targets.end(), dialect.labels ? kCsvLabel : 0);
  layout.in_order = !(dialect.labels && dialect.label_last);
  if (!layout.in_order) std::rotate(layout.targets.begin(), layout.targets.begin() + 1, layout.targets.end());
  return layout;
}

CsvLayout read_csv_header(std::string_view line, const CsvDialect& dialect, const CsvPlace& place) {
  NamedColumns columns;
  CsvFields fields(line, place);
  for (std::string_view field; fields.next(field);) columns.add(field, fields.place());
  if (dialect.labels && !columns.has_label())
    fail<FormatError>(describe(place), ": header must name a label column, got none; pass labels=False for a file without labels");
  if (!dialect.labels && columns.has_label())
    fail<FormatError>(describe(place), ": header must name no label column with labels=False, got one; pass labels=True");
  if (columns.pixels() != kCsvPixels)
    fail<FormatError>(describe(place), ": header must name ", kCsvPixels, " pixels, got ", columns.pixels());
  return CsvLayout{columns.targets(), std::ranges::is_sorted(columns.targets())};
}

std::string column_name(int target) { return target == kCsvLabel ? "label" : "pixel" + std::to_string(target); }

}  // namespace digitcompress::io
