#include "io/idx.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <iomanip>
#include <sstream>
#include <string>

#include "core/checked.hpp"
#include "core/error.hpp"

namespace digitcompress::io {
namespace {

constexpr std::array kTypes{IdxType{0x08, "uint8", 1}, IdxType{0x09, "int8", 1},    IdxType{0x0B, "int16", 2},
                            IdxType{0x0C, "int32", 4}, IdxType{0x0D, "float32", 4}, IdxType{0x0E, "float64", 8}};

std::size_t big_endian_word(std::span<const std::byte> bytes) {
  std::size_t word = 0;
  for (const std::byte byte : bytes.first(4)) word = word << 8 | std::to_integer<std::size_t>(byte);
  return word;
}

std::string hexadecimal(std::size_t word) {
  std::ostringstream text;
  text << "0x" << std::hex << std::setw(8) << std::setfill('0') << word;
  return text.str();
}

const IdxType& element_type(std::size_t magic, std::string_view source) {
  const std::size_t code = magic >> 8;
  const auto type = std::ranges::find(kTypes, code, &IdxType::code);
  require<FormatError>(type != kTypes.end(), source,
                       ": IDX magic must be 00 00, then the element type 08, 09, 0B, 0C, 0D or 0E, then 1 to 4 dimensions, got ",
                       hexadecimal(magic));
  return *type;
}

}  // namespace

IdxHeader read_idx_header(std::span<const std::byte> bytes, std::string_view source) {
  require<FormatError>(bytes.size() >= 4, source, ": IDX file must begin with a magic of 4 bytes, got ", bytes.size(), " bytes");
  const std::size_t magic = big_endian_word(bytes);
  const IdxType& type = element_type(magic, source);
  const std::size_t dimensions = magic & 0xff;
  require<FormatError>(dimensions >= 1 && dimensions <= kIdxMaxDimensions, source, ": IDX array must have 1 to ", kIdxMaxDimensions,
                       " dimensions, got ", dimensions, " (magic ", hexadecimal(magic), ")");
  const std::size_t header_bytes = 4 + 4 * dimensions;
  require<FormatError>(bytes.size() >= header_bytes, source, ": IDX header must have ", header_bytes, " bytes, got ", bytes.size());
  IdxHeader header{type, {}, header_bytes, 0};
  for (std::size_t i = 0; i < dimensions; i++) header.shape.push_back(big_endian_word(bytes.subspan(4 + 4 * i, 4)));
  const std::string what = std::string(source) + ": declared IDX payload";
  header.payload_bytes = checked_multiply(checked_product(header.shape, what), type.size, what);
  static_cast<void>(checked_add(header_bytes, header.payload_bytes, what));
  return header;
}

std::vector<std::byte> decode_idx(std::span<const std::byte> bytes, const IdxHeader& header, std::string_view source) {
  require<FormatError>(bytes.size() == header.file_bytes(), source, ": IDX file must have ", header.file_bytes(),
                       " bytes as its header declares, got ", bytes.size());
  const auto payload = bytes.subspan(header.header_bytes);
  std::vector<std::byte> elements(payload.begin(), payload.end());
  if constexpr (std::endian::native == std::endian::little) {
    const std::size_t size = header.type.size;
    if (size == 1) return elements;
    for (auto first = elements.begin(); first != elements.end(); first += static_cast<std::ptrdiff_t>(size))
      std::reverse(first, first + static_cast<std::ptrdiff_t>(size));
  }
  return elements;
}

}  // namespace digitcompress::io
