#include "io/idx.hpp"

#include <cstddef>
#include <cstring>
#include <doctest/doctest.h>
#include <limits>
#include <random>
#include <span>
#include <vector>

#include "core/checked.hpp"

using digitcompress::FormatError;
using digitcompress::LimitError;
using namespace digitcompress::io;

namespace {

std::vector<std::byte> bytes(std::initializer_list<int> values) {
  std::vector<std::byte> result;
  for (const int value : values) result.push_back(static_cast<std::byte>(value));
  return result;
}

std::vector<std::byte> decode(std::span<const std::byte> file) { return decode_idx(file, read_idx_header(file, "file"), "file"); }

}  // namespace

TEST_CASE("checked arithmetic refuses exactly what does not fit") {
  using digitcompress::checked_add, digitcompress::checked_multiply, digitcompress::checked_product;
  const std::size_t most = std::numeric_limits<std::size_t>::max();
  CHECK(checked_add(most - 1, 1, "sum") == most);
  CHECK_THROWS_AS(static_cast<void>(checked_add(most, 1, "sum")), LimitError);
  CHECK_THROWS_AS(static_cast<void>(checked_add(most / 2 + 1, most / 2 + 1, "sum")), LimitError);
  CHECK(checked_multiply(most / 7, 7, "product") == most / 7 * 7);
  CHECK_THROWS_AS(static_cast<void>(checked_multiply(most / 7 + 1, 7, "product")), LimitError);
  CHECK(checked_multiply(0, most, "product") == 0);
  const std::vector<std::size_t> wrapping = {4194305, 4194305, 211106198978564}, hidden = {0, most, most};
  CHECK_THROWS_AS(static_cast<void>(checked_product(wrapping, "shape")), LimitError);
  CHECK_THROWS_AS(static_cast<void>(checked_product(hidden, "shape")), LimitError);
}

TEST_CASE("elements of several bytes come out in this machine's order") {
  const auto elements = decode(bytes({0, 0, 0x0C, 1, 0, 0, 0, 2, 1, 2, 3, 4, 0xFF, 0xFF, 0xFF, 0xFE}));
  std::vector<int> values(2);
  REQUIRE(elements.size() == sizeof(int) * values.size());
  std::memcpy(values.data(), elements.data(), elements.size());
  CHECK(values == std::vector<int>{0x01020304, -2});
}

TEST_CASE("every truncation and every extension is refused") {
  const auto file = bytes({0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6});
  CHECK(decode(file).size() == 6);
  for (std::size_t length = 0; length < file.size(); length++) {
    const std::vector<std::byte> prefix(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(length));
    CHECK_THROWS_AS(decode(prefix), FormatError);
  }
  auto longer = file;
  longer.push_back(std::byte{0});
  CHECK_THROWS_AS(decode(longer), FormatError);
}

TEST_CASE("random bytes are decoded whole or refused") {
  std::mt19937 generator(1);
  int decoded = 0;
  for (int round = 0; round < 20'000; round++) {
    std::vector<std::byte> file(generator() % 24);
    for (std::byte& byte : file) byte = static_cast<std::byte>(generator() % 16 == 0 ? generator() % 256 : 0);
    if (file.size() >= 8) file[2] = static_cast<std::byte>(8 + generator() % 8), file[3] = file[7] = std::byte{1};
    try {
      const std::size_t size = decode(file).size();
      CHECK(size == file.size() - 8);
      decoded++;
    } catch (const FormatError&) {
      continue;
    }
  }
  CHECK(decoded > 100);
}
