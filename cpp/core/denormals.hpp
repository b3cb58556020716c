#pragma once

namespace digitcompress {

// Flushes denormal numbers to zero while it lives: they are a hundred times slower and carry no weight in training. The thread's own
// floating-point state comes back afterwards.
class FlushDenormals {
 public:
#if defined(__x86_64__)
  FlushDenormals() : saved_(__builtin_ia32_stmxcsr()) { __builtin_ia32_ldmxcsr((saved_ | kFlush) & ~kRounding); }
  ~FlushDenormals() { __builtin_ia32_ldmxcsr(saved_); }

 private:
  static constexpr unsigned kFlush = 0x8040;     // flush results, treat inputs as zero
  static constexpr unsigned kRounding = 0x6000;  // cleared: to nearest
  unsigned saved_;
#else
  FlushDenormals() = default;
  ~FlushDenormals() = default;
#endif
 public:
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;
};

}  // namespace digitcompress
