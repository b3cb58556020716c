#pragma once
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace digitcompress::io {

inline constexpr std::size_t kIdxMaxDimensions = 4;
inline constexpr std::size_t kIdxLongestHeader = 4 + 4 * kIdxMaxDimensions;

// One element type of the format; `name` is NumPy's.
struct IdxType {
  unsigned code;
  const char* name;
  std::size_t size;
};

struct IdxHeader {
  IdxType type;
  std::vector<std::size_t> shape;
  std::size_t header_bytes;
  std::size_t payload_bytes;

  [[nodiscard]] std::size_t file_bytes() const { return header_bytes + payload_bytes; }
};

// Reads the header at the front of `bytes`, of which kIdxLongestHeader are enough. `source` names the file in messages.
[[nodiscard]] IdxHeader read_idx_header(std::span<const std::byte> bytes, std::string_view source);

// The elements of a whole IDX file in this machine's byte order.
[[nodiscard]] std::vector<std::byte> decode_idx(std::span<const std::byte> bytes, const IdxHeader& header, std::string_view source);

}  // namespace digitcompress::io
