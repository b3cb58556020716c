#include "core/thread_pool.hpp"

#include <pthread.h>
#ifdef __linux__
#include <sched.h>
#endif

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <exception>
#include <mutex>
#include <string>
#include <thread>

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

// A thread of the pool. It spins for a while after its work, then sleeps until it is called again.
class Worker {
 public:
  template <class Work>
  explicit Worker(const Work& work) {
    std::thread([this, work] {
      const Inside inside;
      while (true) {
        if (!spin_until([this] { return state_ == State::kCalled; })) state_.wait(State::kIdle);
        if (State called = State::kCalled; !state_.compare_exchange_strong(called, State::kWorking)) continue;
        work();
        state_ = State::kIdle;
        state_.notify_one();
      }
    }).detach();  // until the process ends
  }

  void call() {
    state_ = State::kCalled;
    state_.notify_one();
  }

  // Returns when the worker is idle. One that has not begun yet is called off: it may be asleep for long when other processes are busy.
  void dismiss() {
    State state = State::kCalled;
    if (state_.compare_exchange_strong(state, State::kIdle)) return;
    if (!spin_until([this] { return state_ == State::kIdle; })) state_.wait(State::kWorking);
  }

 private:
  enum class State : std::int32_t { kIdle, kCalled, kWorking };
  alignas(64) std::atomic<State> state_ = State::kIdle;
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
    while (static_cast<int>(workers_.size()) < helpers)
      workers_.emplace_back([this, own = static_cast<int>(workers_.size())] { work(own); });
    share_out(count, helpers + 1);
    task_ = &task, error_ = nullptr, failed_ = false;
    const auto called = workers_.begin() + helpers;
    std::for_each(workers_.begin(), called, [](Worker& worker) { worker.call(); });
    work(helpers);
    std::for_each(workers_.begin(), called, [](Worker& worker) { worker.dismiss(); });
    if (error_) std::rethrow_exception(error_);
  }

 private:
  struct alignas(64) Share {
    std::atomic<int> next = 0;
    int stop = 0;
  };

  void share_out(int count, int shares) {
    while (static_cast<int>(shares_.size()) < shares) shares_.emplace_back();
    count_ = shares;
    for (int i = 0, start = 0; i < shares; i++) {
      Share& share = shares_[static_cast<std::size_t>(i)];
      share.next = start, share.stop = start += (count - start) / (shares - i);
    }
  }

  // A thread begins with a share of its own, the same in every call of so many tasks, and so finds in its cache what it left there.
  void work(int own) {
    for (int i = 0; i < count_; i++) finish(shares_[static_cast<std::size_t>((own + i) % count_)]);
  }

  void finish(Share& share) {
    for (int i = share.next++; i < share.stop && !failed_; i = share.next++) {
      try {
        (*task_)(i);
      } catch (...) {
        if (!failed_.exchange(true)) error_ = std::current_exception();
      }
    }
  }

  std::mutex busy_;
  std::deque<Worker> workers_;
  std::deque<Share> shares_;
  int count_ = 0;  // of the shares in use
  std::atomic<bool> failed_ = false;
  std::exception_ptr error_;
  const FunctionRef<void(int)>* task_ = nullptr;
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
