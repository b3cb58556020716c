#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <thread>
#include <utility>

namespace digitcompress {

// Told the steps done so far; returns false to stop. Called on the thread that started the work, at most every 50 ms.
using Progress = std::function<bool(std::int64_t step)>;

// Lets the many tasks of a long computation notice soon that the user wants to stop.
class Watch {
 public:
  explicit Watch(Progress progress) : progress_(std::move(progress)) {}

  [[nodiscard]] bool stopped() const { return stopped_.load(std::memory_order_relaxed); }

  // Returns whether to go on. Any thread may call it; only the owner's calls reach `progress`.
  bool poll(std::int64_t step) {
    if (stopped()) return false;
    if (!progress_ || std::this_thread::get_id() != owner_) return true;
    const auto now = std::chrono::steady_clock::now();
    if (now - last_ < std::chrono::milliseconds(50)) return true;
    last_ = now;
    if (!progress_(step)) stopped_ = true;
    return !stopped();
  }

 private:
  Progress progress_;
  std::thread::id owner_ = std::this_thread::get_id();
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
  std::atomic<bool> stopped_ = false;
};

}  // namespace digitcompress
