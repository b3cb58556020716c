#include "io/csv_reader.hpp"

#include <algorithm>
#include <cstddef>
#include <doctest/doctest.h>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"

using namespace digitcompress::io;
using namespace std::string_view_literals;

namespace {

constexpr int kRows = 12;

std::string random_rows(std::mt19937& generator) {
  std::string text;
  for (int row = 0; row < kRows; row++) {
    text += std::to_string(generator() % 10);
    for (std::size_t pixel = 0; pixel < kCsvPixels; pixel++) text += "," + std::to_string(generator() % 3 == 0 ? generator() % 256 : 0);
    text += '\n';
  }
  return text;
}

// Every piece is a buffer of its own, so that reading beyond its end is seen by the address sanitizer.
CsvTable read(std::string_view text, std::size_t piece) {
  CsvReader reader({.source = "file", .dialect = {}, .max_rows = 1'000, .expected_bytes = 0});
  for (std::size_t start = 0; start < text.size(); start += piece) {
    const std::string_view part = text.substr(start, piece);
    reader.feed(std::vector<char>(part.begin(), part.end()));
  }
  return reader.finish();
}

}  // namespace

TEST_CASE("pieces of any size give the same table") {
  std::mt19937 generator(2);
  const std::string text = random_rows(generator);
  const CsvTable whole = read(text, text.size());
  CHECK(whole.rows == kRows);
  for (const std::size_t piece : {1u, 2u, 7u, 1571u, 4096u}) {
    const CsvTable parts = read(text, piece);
    CHECK(parts.pixels == whole.pixels);
    CHECK(parts.labels == whole.labels);
  }
}

TEST_CASE("a row cut between its fields is refused") {
  std::mt19937 generator(3);
  const std::string text = random_rows(generator);
  for (std::size_t length = text.size() - 6'000; length < text.size() - 1; length += 13) {
    const std::string_view prefix = std::string_view(text).substr(0, length);
    const auto whole_rows = static_cast<std::size_t>(std::ranges::count(prefix, '\n'));
    const bool row_is_cut = std::ranges::count(prefix.substr(prefix.rfind('\n') + 1), ',') < static_cast<std::ptrdiff_t>(kCsvPixels);
    if (row_is_cut) {
      CHECK_THROWS_AS(read(prefix, text.size()), digitcompress::FormatError);
    } else {
      const CsvTable table = read(prefix, text.size());
      CHECK(table.rows == whole_rows + 1);
    }
  }
}

TEST_CASE("damaged rows are read or refused") {
  std::mt19937 generator(4);
  const std::string text = random_rows(generator);
  constexpr std::string_view kBytes = "0,9\n\r\" \t-x\xff\xe2\0"sv;
  for (int round = 0; round < 2'000; round++) {
    std::string damaged = text;
    for (int edit = 0; edit < 3; edit++) {
      const std::size_t place = generator() % damaged.size();
      damaged[place] = kBytes[generator() % kBytes.size()];
      if (generator() % 2 == 0) damaged.erase(place, generator() % 5);
    }
    try {
      const CsvTable table = read(damaged, 3'000);
      CHECK(table.pixels.size() == table.rows * kCsvPixels);
      CHECK(table.labels.size() == table.rows);
      CHECK(std::ranges::all_of(table.labels, [](auto label) { return label >= 0 && label <= 9; }));
    } catch (const digitcompress::Error& error) {
      CHECK(std::string_view(error.what()).size() <= 500);
    }
  }
}
