#include "core/thread_pool.hpp"

#include <pthread.h>
#ifdef __linux__
#include <sched.h>
#endif

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/error.hpp"

namespace digitcompress {
namespace {

constexpr int kMaxThreads = 256;
// Spinning this long (a few tens of microseconds) bridges the gap between two steps of a small network.
// Longer spinning would starve a second process on the same cores.
constexpr int kSpins = 2000;

inline void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

template <class Done>
bool spin_until(const Done& done) {
  for (int i = 0; i < kSpins; i++) {
    if (done()) return true;
    pause();
  }
  return false;
}

// Whether this thread is inside a parallel_for: a nested call must not ask for the mutex, which its own thread may hold.
thread_local bool is_inside = false;

class Inside {
 public:
  Inside() { is_inside = true; }
  ~Inside() { is_inside = before_; }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

 private:
  bool before_ = is_inside;
};

class Pool {
 public:
  void run(int count, int threads, const FunctionRef<void(int)>& task) {
    std::unique_lock lock(busy_, std::defer_lock);
    const int helpers = !is_inside && lock.try_lock() ? std::min(threads, count) - 1 : 0;
    const Inside inside;
    if (helpers <= 0) {
      for (int i = 0; i < count; i++) task(i);
      return;
    }
    while (static_cast<int>(workers_.size()) < helpers) start_worker();
    task_ = &task, count_ = count, next_ = 0, error_ = nullptr, failed_ = false;
    wanted_ = helpers, running_ = static_cast<int>(workers_.size());
    generation_.fetch_add(1);
    generation_.notify_all();
    work();
    while (!spin_until([&] { return running_ == 0; })) {
      const int running = running_;
      if (running != 0) running_.wait(running);
    }
    if (error_) std::rethrow_exception(error_);
  }

 private:
  void start_worker() {
    const int index = static_cast<int>(workers_.size());
    workers_.emplace_back([this, index, seen = generation_.load()]() mutable {
      const Inside inside;
      for (;; seen++) {
        if (!spin_until([&] { return generation_ != seen; })) generation_.wait(seen);
        if (index < wanted_) work();
        if (running_.fetch_sub(1) == 1) running_.notify_one();
      }
    });
    workers_.back().detach();  // workers sleep until the process ends
  }

  void work() {
    for (int i = next_++; i < count_ && !failed_; i = next_++) {
      try {
        (*task_)(i);
      } catch (...) {
        if (!failed_.exchange(true)) error_ = std::current_exception();
      }
    }
  }

  std::mutex busy_;
  std::vector<std::thread> workers_;
  std::atomic<std::uint64_t> generation_ = 0;
  std::atomic<int> running_ = 0, next_ = 0;
  std::atomic<bool> failed_ = false;
  std::exception_ptr error_;
  const FunctionRef<void(int)>* task_ = nullptr;
  int count_ = 0, wanted_ = 0;
};

// A forked child inherits the pool's memory but none of its threads, so it starts a pool of its own; the old one is left behind.
Pool*& pool() {
  static Pool* instance = [] {
    // NOLINTNEXTLINE(clang-analyzer-cplusplus.NewDeleteLeaks): the parent's pool is left behind on purpose
    pthread_atfork(nullptr, nullptr, [] { pool() = new Pool; });
    return new Pool;
  }();
  return instance;
}

int available_processors() {
#ifdef __linux__
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace

int default_threads() {
  const char* text = std::getenv("DIGITCOMPRESS_NUM_THREADS");
  if (text == nullptr || *text == '\0') return std::min(available_processors(), kMaxThreads);
  char* end = nullptr;
  const long threads = std::strtol(text, &end, 10);
  require(*end == '\0' && threads >= 1 && threads <= kMaxThreads, "DIGITCOMPRESS_NUM_THREADS must be an integer in 1..", kMaxThreads,
          ", got '", text, "'");
  return static_cast<int>(threads);
}

void parallel_for(int count, int threads, FunctionRef<void(int)> task) {
  pool()->run(count, threads > 0 ? std::min(threads, kMaxThreads) : default_threads(), task);
}

}  // namespace digitcompress
