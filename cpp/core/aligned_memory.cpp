#include "core/aligned_memory.hpp"

#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace digitcompress {
namespace {

constexpr std::size_t kCacheLine = 64, kHugePage = 2 << 20;

bool is_large(std::size_t bytes) { return bytes >= 2 * kHugePage; }

std::align_val_t alignment(std::size_t bytes) { return std::align_val_t{is_large(bytes) ? kHugePage : kCacheLine}; }

}  // namespace

void* allocate_aligned(std::size_t bytes) {
  void* memory = ::operator new(bytes, alignment(bytes));
#if defined(__linux__)
  if (is_large(bytes)) madvise(memory, bytes / kHugePage * kHugePage, MADV_HUGEPAGE);  // a wish: ordinary pages do as well
#endif
  return memory;
}

void free_aligned(void* memory, std::size_t bytes) { ::operator delete(memory, alignment(bytes)); }

}  // namespace digitcompress
