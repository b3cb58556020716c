#pragma once
#include <cstddef>
#include <utility>
#include <vector>

namespace digitcompress {

// Memory that any vector load may touch. Large pieces lie on huge pages where the system has them on request: a pass over a network's
// weights and maps would otherwise meet a new page every few lines. Throws std::bad_alloc.
[[nodiscard]] void* allocate_aligned(std::size_t bytes);
void free_aligned(void* memory, std::size_t bytes);

template <class T>
struct AlignedAllocator {
  using value_type = T;
  AlignedAllocator() = default;
  template <class U>
  AlignedAllocator(const AlignedAllocator<U>&) {}  // NOLINT: allocators convert
  T* allocate(std::size_t count) { return static_cast<T*>(allocate_aligned(count * sizeof(T))); }
  void deallocate(T* pointer, std::size_t count) { free_aligned(pointer, count * sizeof(T)); }
  template <class U>
  bool operator==(const AlignedAllocator<U>&) const {
    return true;
  }
};
template <class T>
using AlignedVector = std::vector<T, AlignedAllocator<T>>;

// Memory that nobody has written to yet: its pages come when they are used, by whoever uses them. Filling a large one first
// may take most of a second on one thread, during which nobody looks for Ctrl-C.
template <class T>
class UnwrittenMemory {
 public:
  UnwrittenMemory() = default;
  explicit UnwrittenMemory(std::size_t count) : bytes_(count * sizeof(T)), memory_(static_cast<T*>(allocate_aligned(bytes_))) {}
  UnwrittenMemory(UnwrittenMemory&& other) noexcept { swap(other); }
  UnwrittenMemory& operator=(UnwrittenMemory&& other) noexcept {
    swap(other);
    return *this;
  }
  ~UnwrittenMemory() {
    if (memory_ != nullptr) free_aligned(memory_, bytes_);
  }
  [[nodiscard]] T* data() const { return memory_; }

 private:
  void swap(UnwrittenMemory& other) noexcept { std::swap(bytes_, other.bytes_), std::swap(memory_, other.memory_); }

  std::size_t bytes_ = 0;
  T* memory_ = nullptr;
};

}  // namespace digitcompress
