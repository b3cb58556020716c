#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <doctest/doctest.h>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/random.hpp"
#include "io/csv_reader.hpp"
#include "io/idx.hpp"

// Damaged files, for the sanitizers: a reader answers with a table or a typed error, and touches no byte that is not its own.
namespace digitcompress::io {
namespace {

constexpr std::size_t kRows = 5;

std::string csv_text() {
  std::string text = "label";
  for (std::size_t p = 0; p < kCsvPixels; p++) text.append(",pixel").append(std::to_string(p));
  text += '\n';
  for (std::size_t row = 0; row < kRows; row++) {
    text += std::to_string(row);
    for (std::size_t p = 0; p < kCsvPixels; p++) text.append(",").append(std::to_string((row * 31 + p) % 256));
    text += '\n';
  }
  return text;
}

CsvTable read_csv(std::string_view text, std::size_t piece) {
  CsvReader reader({.source = "test.csv", .dialect = {}, .max_rows = 100, .expected_bytes = 0});
  for (std::size_t first = 0; first < text.size(); first += piece) {
    const std::vector<char> exact(text.begin() + static_cast<std::ptrdiff_t>(first),
                                  text.begin() + static_cast<std::ptrdiff_t>(std::min(first + piece, text.size())));
    reader.feed(exact);
  }
  return reader.finish();
}

std::vector<std::byte> idx_bytes() {
  std::vector<std::byte> bytes;
  for (const unsigned value : {0u, 0u, 0x0Du, 3u, 0u, 0u, 0u, 2u, 0u, 0u, 0u, 3u, 0u, 0u, 0u, 4u}) bytes.push_back(std::byte(value));
  for (unsigned i = 0; i < 2 * 3 * 4 * sizeof(float); i++) bytes.push_back(std::byte(i));
  return bytes;
}

void read_idx(std::span<const std::byte> bytes) {
  const IdxHeader header = read_idx_header(bytes.first(std::min(bytes.size(), kIdxLongestHeader)), "test");
  const std::vector<std::byte> elements = decode_idx(bytes, header, "test");  // outside CHECK, which would keep the exception
  CHECK(elements.size() == header.payload_bytes);
}

// Whether `read` succeeds; anything but a typed error escapes and fails the test.
template <class Read>
bool is_read(const Read& read) {
  try {
    read();
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

TEST_CASE("a CSV text gives the same table whatever its pieces") {
  const std::string text = csv_text();
  for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{63}, std::size_t{1000}, text.size()}) {
    const CsvTable table = read_csv(text, piece);
    REQUIRE(table.rows == kRows);
    CHECK(table.labels == std::vector<std::int64_t>{0, 1, 2, 3, 4});
    for (std::size_t i = 0; i < table.pixels.size(); i++) REQUIRE(table.pixels[i] == (i / kCsvPixels * 31 + i % kCsvPixels) % 256);
  }
}

TEST_CASE("a damaged CSV text gives a table or a typed error") {
  const std::string whole = csv_text();
  const Random random(1, 2);
  int refused = 0;
  for (std::uint64_t round = 0; round < 300; round++) {
    std::string text = whole.substr(0, round % 3 == 0 ? random.below(5 * round, static_cast<std::uint32_t>(whole.size())) : whole.size());
    for (std::uint64_t change = 1; change <= 3 && !text.empty(); change++)
      text[random.below(5 * round + change, static_cast<std::uint32_t>(text.size()))] =
          static_cast<char>(random.bits(1'000'000 + 5 * round + change));
    refused += !is_read([&] { static_cast<void>(read_csv(text, 1 + random.below(5 * round + 4, 700))); });
  }
  CHECK(refused > 150);
}

TEST_CASE("an IDX file that is cut or changed is read or refused") {
  const std::vector<std::byte> whole = idx_bytes();
  CHECK(is_read([&] { read_idx(whole); }));
  for (std::size_t length = 0; length < whole.size(); length++) {
    const std::vector<std::byte> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    CHECK_FALSE(is_read([&] { read_idx(cut); }));
  }
  for (std::size_t place = 0; place < kIdxLongestHeader - 4; place++)
    for (const unsigned value : {0u, 1u, 4u, 0x7Fu, 0x80u, 0xFFu}) {
      std::vector<std::byte> changed = whole;
      changed[place] = std::byte(value);
      CHECK(is_read([&] { read_idx(changed); }) == (changed == whole));
    }
}

}  // namespace digitcompress::io
