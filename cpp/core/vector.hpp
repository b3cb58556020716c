#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "core/aligned_memory.hpp"

// The compiler's own vector types: arithmetic on them compiles to the widest instructions of the level being built.
namespace digitcompress {

#if defined(__AVX512F__)
inline constexpr int kVectorBytes = 64;
#elif defined(__AVX__)
inline constexpr int kVectorBytes = 32;
#else
inline constexpr int kVectorBytes = 16;
#endif

template <class Scalar, int kWidth>
struct VectorOf {
  typedef Scalar type __attribute__((vector_size(sizeof(Scalar) * kWidth)));
};
template <class Scalar, int kWidth>
using Vector = typename VectorOf<Scalar, kWidth>::type;

// Keeps a vector that several products share in a register: GCC tends to read it from memory again for each of them, and the loads then
// take longer than the products.
template <class V>
inline void keep_in_register([[maybe_unused]] V& vector) {
#if defined(__x86_64__)
  if constexpr (sizeof(V) == kVectorBytes) asm("" : "+v"(vector));
#endif
}

// The same for an address: products that read memory at a sum of two registers count twice on processors that take them apart again.
template <class T>
inline void keep_in_register([[maybe_unused]] T*& address) {
#if defined(__x86_64__)
  asm("" : "+r"(address));
#endif
}

namespace detail {

// One level of the reduction tree: adds neighbours `kStep` apart, of `a` into the even blocks and of `b` into the odd ones.
template <int kStep, class V, int... kIndex>
inline V add_neighbours(const V& a, const V& b, std::integer_sequence<int, kIndex...>) {
  constexpr int width = sizeof...(kIndex);
  return __builtin_shufflevector(a, b, ((kIndex / kStep) % 2 == 0 ? kIndex : width + kIndex - kStep)...) +
         __builtin_shufflevector(a, b, ((kIndex / kStep) % 2 == 0 ? kIndex + kStep : width + kIndex)...);
}

template <int kWidth, int kStep, class V>
inline V sum_tree(const V* vectors, std::ptrdiff_t stride) {
  if constexpr (kStep == 0) {
    return *vectors;
  } else {
    const V a = sum_tree<kWidth, kStep / 2>(vectors, stride);
    const V b = sum_tree<kWidth, kStep / 2>(vectors + kStep * stride, stride);
    return add_neighbours<kStep>(a, b, std::make_integer_sequence<int, kWidth>{});
  }
}

template <int kWidth, int... kByte>
inline Vector<std::int32_t, kWidth> spread_over(const std::uint8_t* bytes, std::integer_sequence<int, kByte...>) {
  using Words = Vector<std::uint64_t, kWidth / 2>;
  std::uint64_t word[(kWidth + 7) / 8] = {};
  std::memcpy(word, bytes, kWidth);
  Words copies = Words{} + word[0];
  if constexpr (kWidth == 16) copies = __builtin_shufflevector(copies, Words{} + word[1], 0, 1, 2, 3, 8, 9, 10, 11);
  // Byte 4 i of the result is byte i, taken from the same 16-byte lane so that the shuffle never crosses lanes. Its three neighbours are
  // cleared afterwards: a shuffle with zeros would become a blend, on the ports that multiply.
  const auto from = reinterpret_cast<Vector<std::uint8_t, kWidth * 4>>(copies);
  const auto spread = __builtin_shufflevector(from, from, (kByte / 16 * 16 + kByte % 16 / 4 + kByte / 16 * 4 % 8)...);
  return reinterpret_cast<Vector<std::int32_t, kWidth>>(spread) & 0xff;
}

}  // namespace detail

// kWidth bytes as int32 elements, in one shuffle; the compilers' own conversion of short vectors goes byte by byte. kWidth: 4, 8 or 16.
template <int kWidth>
inline Vector<std::int32_t, kWidth> spread_bytes(const std::uint8_t* bytes) {
  return detail::spread_over<kWidth>(bytes, std::make_integer_sequence<int, kWidth * 4>{});
}

// Element i of the result is the sum of the elements of vectors[i * stride].
template <int kWidth, class V>
inline V sum_each(const V* vectors, std::ptrdiff_t stride) {
  return detail::sum_tree<kWidth, kWidth / 2>(vectors, stride);
}

}  // namespace digitcompress
