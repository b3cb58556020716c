#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "core/aligned_memory.hpp"

// The compiler's own vector types: arithmetic on them compiles to the widest instructions of the level being built.
namespace digitcompress {

#if defined(DIGITCOMPRESS_VECTOR_BYTES)
inline constexpr int kVectorBytes = DIGITCOMPRESS_VECTOR_BYTES;
#elif defined(__AVX512F__)
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

// The levels of the tree from kStep down to kLeast.
template <int kWidth, int kStep, int kLeast, class V>
inline V sum_tree(const V* vectors, std::ptrdiff_t stride) {
  if constexpr (kStep < kLeast) {
    return *vectors;
  } else {
    const V a = sum_tree<kWidth, kStep / 2, kLeast>(vectors, stride);
    const V b = sum_tree<kWidth, kStep / 2, kLeast>(vectors + kStep / kLeast * stride, stride);
    return add_neighbours<kStep>(a, b, std::make_integer_sequence<int, kWidth>{});
  }
}

// Each element, and a zero after it.
template <class V, int... kIndex>
inline auto with_zeros(const V& elements, std::integer_sequence<int, kIndex...>) {
  return __builtin_shufflevector(elements, V{}, (kIndex % 2 == 0 ? kIndex / 2 : int{sizeof...(kIndex)} / 2)...);
}

}  // namespace detail

// kWidth bytes as int32 elements. Written as shuffles that the compilers know for one instruction, two for four bytes: GCC 12 converts
// short vectors byte by byte. kWidth: 4, 8 or 16.
template <int kWidth>
inline Vector<std::int32_t, kWidth> spread_bytes(const std::uint8_t* bytes) {
  if constexpr (kWidth == 4) {
    std::uint32_t four;
    std::memcpy(&four, bytes, sizeof four);
    const auto from = reinterpret_cast<Vector<std::uint8_t, 16>>(Vector<std::uint32_t, 4>{four, 0, 0, 0});
    return reinterpret_cast<Vector<std::int32_t, 4>>(__builtin_shufflevector(from, from, 0, 4, 4, 4, 1, 4, 4, 4, 2, 4, 4, 4, 3, 4, 4, 4));
  } else {
    constexpr std::make_integer_sequence<int, 2 * kWidth> places;
    Vector<std::uint8_t, kWidth> from;
    std::memcpy(&from, bytes, kWidth);
    const auto words = reinterpret_cast<Vector<std::uint16_t, kWidth>>(detail::with_zeros(from, places));
    return reinterpret_cast<Vector<std::int32_t, kWidth>>(detail::with_zeros(words, places));
  }
}

// What sum_each_of_pairs wants to know of two neighbours.
template <int kWidth, class V>
inline V fold_pair(const V& a, const V& b) {
  return detail::add_neighbours<1>(a, b, std::make_integer_sequence<int, kWidth>{});
}

// Elements 2i and 2i + 1 of the result are the sums of the elements of the two vectors that fold_pair made pairs[i * stride] of.
template <int kWidth, class V>
inline V sum_each_of_pairs(const V* pairs, std::ptrdiff_t stride) {
  return detail::sum_tree<kWidth, kWidth / 2, 2>(pairs, stride);
}

}  // namespace digitcompress
