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
#include <utility>

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

// What one processor writes and another one reads takes as long to come as hundreds of multiplications, and several times as long where
// the two are far apart on the machine. So a call is made of few cache lines: one for each worker, with all that it needs to begin.

// Tasks next … stop - 1. Whoever has done its own helps others with theirs.
struct Share {
  std::atomic<int> next = 0;
  int stop = 0;

  void set(int first, int last) {
    stop = last;
    next.store(first, std::memory_order_relaxed);  // published with the state of a worker
  }

  // Takes a task, if there is one left. It looks first: taking the line from the thread that it belongs to makes that one wait for it.
  bool take(int& task) {
    if (next.load(std::memory_order_relaxed) >= stop) return false;
    task = next++;
    return task < stop;
  }
};

struct Call {
  FunctionRef<void(int)> task;
  int helpers;
};

constexpr auto kNothing = [](int) {};

// A thread of the pool. It spins for a while after its work, then sleeps until it is called again.
class alignas(64) Worker {
 public:
  template <class Work>
  explicit Worker(const Work& work) {
    std::thread([this, work] {
      const Inside inside;
      while (true) {
        if (!spin_until([this] { return changes(State::kCalled, State::kWorking); })) {
          if (changes(State::kIdle, State::kAsleep)) state_.wait(State::kAsleep);
          continue;
        }
        work(call_);
        state_ = State::kIdle;
        state_.notify_one();
      }
    }).detach();  // until the process ends
  }

  [[nodiscard]] Share& share() { return share_; }
  void set_call(const Call& call) { call_ = call; }

  // After its share and the call have been set.
  void wake() {
    if (state_.exchange(State::kCalled) == State::kAsleep) state_.notify_one();
  }

  // Returns when the worker is done. One that has not begun yet is called off: it may be asleep for long when other processes are busy.
  void dismiss() {
    if (state_ == State::kCalled && changes(State::kCalled, State::kIdle)) return;
    if (!spin_until([this] { return state_ != State::kWorking; })) state_.wait(State::kWorking);
  }

 private:
  enum class State : std::int32_t { kIdle, kAsleep, kCalled, kWorking };

  // A worker spins on this rather than on a look at the state: so its line comes to be written at once.
  bool changes(State from, State to) { return state_.compare_exchange_strong(from, to); }

  std::atomic<State> state_ = State::kIdle;
  Share share_;
  Call call_{kNothing, 0};
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
      workers_.emplace_back([this, own = static_cast<int>(workers_.size())](const Call& call) { work(call, own); });
    const Call call{task, helpers};
    share_out(count, call);
    const auto called = workers_.begin() + helpers;
    std::for_each(workers_.begin(), called, [](Worker& worker) { worker.wake(); });
    work(call, helpers);
    std::for_each(workers_.begin(), called, [](Worker& worker) { worker.dismiss(); });
    if (failed_) {
      failed_ = false;
      std::rethrow_exception(std::exchange(error_, nullptr));
    }
  }

 private:
  [[nodiscard]] Share& share(int index, int helpers) { return index < helpers ? workers_[static_cast<std::size_t>(index)].share() : own_; }

  void share_out(int count, const Call& call) {
    for (int i = 0, start = 0; i <= call.helpers; i++) {
      const int stop = start + (count - start) / (call.helpers + 1 - i);
      share(i, call.helpers).set(start, stop);
      if (i < call.helpers) workers_[static_cast<std::size_t>(i)].set_call(call);
      start = stop;
    }
  }

  // A thread begins with a share of its own, the same in every call of so many tasks, and so finds in its cache what it left there.
  void work(const Call& call, int own) {
    for (int i = 0; i <= call.helpers; i++) finish(call, share((own + i) % (call.helpers + 1), call.helpers));
  }

  void finish(const Call& call, Share& share) {
    for (int task = 0; !failed_ && share.take(task);) {
      try {
        call.task(task);
      } catch (...) {
        if (!failed_.exchange(true)) error_ = std::current_exception();
      }
    }
  }

  std::mutex busy_;
  std::deque<Worker> workers_;
  std::exception_ptr error_;
  alignas(64) std::atomic<bool> failed_ = false;
  alignas(64) Share own_;  // of the caller
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
