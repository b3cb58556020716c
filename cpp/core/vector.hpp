#pragma once
#include <cstddef>
#include <cstdint>
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

}  // namespace detail

// Element i of the result is the sum of the elements of vectors[i * stride].
template <int kWidth, class V>
inline V sum_each(const V* vectors, std::ptrdiff_t stride) {
  return detail::sum_tree<kWidth, kWidth / 2>(vectors, stride);
}

}  // namespace digitcompress
