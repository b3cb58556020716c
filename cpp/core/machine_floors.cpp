#include "core/machine_floors.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <vector>

#include "core/thread_pool.hpp"
#include "core/vector.hpp"

namespace digitcompress {
namespace {

constexpr int kRounds = 5;
constexpr int kChains = 12;  // independent sums: more than latency times issue width, fewer than the registers
constexpr int kSteps = 1 << 20;

double shortest_seconds(const std::function<void()>& work) {
  double shortest = 1e30;
  for (int round = 0; round < kRounds; round++) {
    const auto start = std::chrono::steady_clock::now();
    work();
    shortest = std::min(shortest, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  return shortest;
}

// Sums decay toward a fixed point, so they stay normal numbers.
template <class Real>
Real multiply_add_chains() {
  using Register = Vector<Real, kVectorBytes / static_cast<int>(sizeof(Real))>;
  Register sums[kChains];
#pragma GCC unroll 12
  for (int c = 0; c < kChains; c++) sums[c] = Register{} + static_cast<Real>(c);
  const volatile Real given = Real{0.5};  // unknown to the compiler
  const Register factor = Register{} + given;
  for (int step = 0; step < kSteps; step++) {
#pragma GCC unroll 12
    for (int c = 0; c < kChains; c++) sums[c] = sums[c] * factor + factor;
  }
  Real total{};
  for (int c = 0; c < kChains; c++) total += sums[c][0];
  return total;
}

template <class Real>
double multiply_add_rate(int threads) {
  std::vector<Real> results(static_cast<std::size_t>(threads));
  const double seconds = shortest_seconds(
      [&] { parallel_for(threads, threads, [&](int t) { results[static_cast<std::size_t>(t)] = multiply_add_chains<Real>(); }); });
  return 2.0 * kChains * kSteps * (kVectorBytes / static_cast<double>(sizeof(Real))) * threads / seconds;
}

double read_rate(int threads, std::size_t size) {
  constexpr std::size_t kWords = 8;
  using Words = Vector<std::uint64_t, kWords>;
  const AlignedVector<Words> memory(size / sizeof(Words), Words{} + 1);
  std::vector<std::uint64_t> results(static_cast<std::size_t>(threads));
  const double seconds = shortest_seconds([&] {
    parallel_for(threads, threads, [&](int t) {
      const auto part = memory.size() / static_cast<std::size_t>(threads), first = part * static_cast<std::size_t>(t);
      Words sums[4] = {};
      for (std::size_t i = first; i + 4 <= first + part; i += 4) {
        for (std::size_t k = 0; k < 4; k++) sums[k] += memory[i + k];
      }
      results[static_cast<std::size_t>(t)] = (sums[0] + sums[1] + sums[2] + sums[3])[0];
    });
  });
  return static_cast<double>(size) / seconds;
}

// Two threads count in turns. On a virtual machine the time shows how far its processors are from each other at the moment.
double round_trip_seconds() {
  constexpr int kTrips = 10'000, kPatience = 1 << 20;
  double shortest = 1e30;
  for (int round = 0; round < kRounds; round++) {
    alignas(64) std::atomic<int> count = 0;
    parallel_for(2, 2, [&](int thread) {
      const auto start = std::chrono::steady_clock::now();
      for (int number = thread; number < 2 * kTrips; number += 2) {
        int left = kPatience;  // the other thread may not have come
        while (count.load(std::memory_order_acquire) != number && left > 0) left--;
        if (left == 0) return;
        count.store(number + 1, std::memory_order_release);
      }
      if (thread == 0) return;
      shortest = std::min(shortest, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() / kTrips);
    });
  }
  return shortest < 1.0 ? shortest : 0.0;
}

}  // namespace

MachineFloors measure_machine_floors(int threads, std::size_t read_size) {
  const int used = threads > 0 ? threads : default_threads();
  return {multiply_add_rate<float>(used), multiply_add_rate<double>(used), read_rate(used, read_size),
          used > 1 ? round_trip_seconds() : 0.0};
}

}  // namespace digitcompress
