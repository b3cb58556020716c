#pragma once
#include "core/function_ref.hpp"

namespace digitcompress {

// Most threads one call may use: DIGITCOMPRESS_NUM_THREADS, else the processors this process may run on.
[[nodiscard]] int default_threads();

// Calls task(0) … task(count - 1), on at most `threads` threads (0: default_threads()), and returns when all are done.
// Which thread runs which index is left open, so a task may only write to places owned by its index.
// The first exception of a task is thrown again here. Nested or simultaneous calls run on the calling thread alone.
void parallel_for(int count, int threads, FunctionRef<void(int)> task);

}  // namespace digitcompress
