#pragma once
#include <cstddef>
#include <new>
#include <vector>

namespace digitcompress {

// Memory that any vector load may touch. Throws std::bad_alloc.
inline constexpr std::align_val_t kCacheLine{64};

template <class T>
struct AlignedAllocator {
  using value_type = T;
  AlignedAllocator() = default;
  template <class U>
  AlignedAllocator(const AlignedAllocator<U>&) {}  // NOLINT: allocators convert
  T* allocate(std::size_t count) { return static_cast<T*>(::operator new(count * sizeof(T), kCacheLine)); }
  void deallocate(T* pointer, std::size_t) { ::operator delete(pointer, kCacheLine); }
  template <class U>
  bool operator==(const AlignedAllocator<U>&) const {
    return true;
  }
};
template <class T>
using AlignedVector = std::vector<T, AlignedAllocator<T>>;

}  // namespace digitcompress
