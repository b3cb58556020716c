#pragma once
#include <cstddef>

namespace digitcompress {

// What this machine can do at most at this processor level, measured: the floors that a benchmark compares with.
struct MachineFloors {
  double float_flops, double_flops;  // fused multiply-adds in registers, operations a second (two for each)
  double read_bytes;                 // reading from memory, bytes a second
  double round_trip;                 // a number from one thread to another and back, seconds; 0 where there is no second one
};

// Takes about a third of a second and `read_size` bytes of memory; use more than the caches hold.
[[nodiscard]] MachineFloors measure_machine_floors(int threads, std::size_t read_size = std::size_t{192} << 20);

}  // namespace digitcompress
