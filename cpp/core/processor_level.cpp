#include "core/processor_level.hpp"

namespace digitcompress {

const char* processor_level() { return DIGITCOMPRESS_LEVEL; }

}  // namespace digitcompress
