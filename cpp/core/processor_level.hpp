#pragma once

namespace digitcompress {

// The instructions this core was compiled for: v2, v3 or v4 of x86-64, or armv8.
[[nodiscard]] const char* processor_level();

}  // namespace digitcompress
