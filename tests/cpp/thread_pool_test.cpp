#include "core/thread_pool.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <doctest/doctest.h>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "core/error.hpp"

namespace digitcompress {
namespace {

std::vector<int> visits(int count, int threads) {
  std::vector<int> result(static_cast<std::size_t>(count));
  parallel_for(count, threads, [&](int i) { result[static_cast<std::size_t>(i)]++; });
  return result;
}

bool all_once(const std::vector<int>& visits) {
  return std::ranges::all_of(visits, [](int n) { return n == 1; });
}

// Each of two tasks waits for the other, which it can only meet on another thread.
bool two_tasks_meet() {
  std::atomic<int> here = 0, met = 0;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  parallel_for(2, 2, [&](int) {
    here++;
    while (here < 2 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    met += here == 2;
  });
  return met == 2;
}

class ThreadsVariable {
 public:
  explicit ThreadsVariable(const char* value) { setenv("DIGITCOMPRESS_NUM_THREADS", value, 1); }
  ~ThreadsVariable() { unsetenv("DIGITCOMPRESS_NUM_THREADS"); }
  ThreadsVariable(const ThreadsVariable&) = delete;
  ThreadsVariable& operator=(const ThreadsVariable&) = delete;
};

}  // namespace

TEST_CASE("parallel_for runs each index once, whatever the number of threads") {
  for (const int threads : {0, 1, 2, 3, 8})
    for (const int count : {0, 1, 2, 7, 1000}) {
      CAPTURE(threads);
      CAPTURE(count);
      CHECK(all_once(visits(count, threads)));
    }
}

TEST_CASE("parallel_for publishes the work of one call before the next starts") {
  std::vector<int> values(64);
  for (int round = 1; round <= 2000; round++) {
    parallel_for(64, 4, [&](int i) { values[static_cast<std::size_t>(i)]++; });
    REQUIRE(std::ranges::all_of(values, [&](int value) { return value == round; }));
  }
}

TEST_CASE("parallel_for never uses more threads than it was given") {
  for (const int threads : {1, 2, 4}) {
    std::atomic<int> inside = 0, most = 0;
    parallel_for(200, threads, [&](int) {
      const int now = ++inside;
      for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
      }
      std::this_thread::yield();
      inside--;
    });
    CHECK(most >= 1);
    CHECK(most <= threads);
  }
}

TEST_CASE("parallel_for throws a task's exception again and stays usable") {
  for (const int threads : {1, 4}) {
    const auto throwing = [](int i) {
      if (i == 13) throw std::runtime_error("task 13");
    };
    CHECK_THROWS_WITH_AS(parallel_for(100, threads, throwing), "task 13", std::runtime_error);
    CHECK(all_once(visits(100, threads)));
  }
}

TEST_CASE("nested calls of parallel_for run on their caller") {
  for (const int threads : {1, 4}) {
    std::vector<int> foreign(16), runs(16);
    parallel_for(16, threads, [&](int outer) {
      const auto place = static_cast<std::size_t>(outer);
      const auto caller = std::this_thread::get_id();
      const auto innermost = [&](int) { runs[place]++, foreign[place] += std::this_thread::get_id() != caller; };
      parallel_for(4, 4, [&](int) { parallel_for(4, 4, innermost); });
    });
    CHECK(foreign == std::vector<int>(16));
    CHECK(runs == std::vector<int>(16, 16));
  }
}

TEST_CASE("after a nested call, returned or thrown from, the caller has the pool's threads again") {
  const auto throwing = [](int) { throw std::runtime_error("inner"); };
  parallel_for(4, 2, [](int) { visits(4, 2); });
  CHECK_THROWS_AS(parallel_for(4, 2, [&](int) { parallel_for(4, 2, throwing); }), std::runtime_error);
  CHECK_THROWS_AS(parallel_for(4, 1, throwing), std::runtime_error);
  CHECK(two_tasks_meet());
}

TEST_CASE("callers on several threads each get their own work done") {
  std::vector<int> right(4);
  {
    std::vector<std::jthread> callers;
    for (std::size_t caller = 0; caller < right.size(); caller++)
      callers.emplace_back([&right, caller] {
        for (int round = 0; round < 200; round++) right[caller] += all_once(visits(50, 2));
      });
  }
  CHECK(right == std::vector<int>(4, 200));
}

TEST_CASE("a forked child starts a pool of its own") {
  CHECK(all_once(visits(100, 4)));
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) _exit(all_once(visits(100, 4)) ? 0 : 1);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  CHECK(all_once(visits(100, 4)));
}

TEST_CASE("DIGITCOMPRESS_NUM_THREADS is obeyed or refused with its value") {
  CHECK(default_threads() >= 1);
  {
    const ThreadsVariable three("3");
    CHECK(default_threads() == 3);
  }
  for (const char* value : {"0", "-1", "257", "two", "2x", "99999999999999999999"}) {
    const ThreadsVariable bad(value);
    const std::string message = std::string("DIGITCOMPRESS_NUM_THREADS must be an integer in 1..256, got '") + value + "'";
    CHECK_THROWS_WITH_AS(static_cast<void>(default_threads()), message.c_str(), DataError);
  }
}

}  // namespace digitcompress
