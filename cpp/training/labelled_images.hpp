#pragma once
#include <cstdint>

#include "core/images.hpp"

namespace digitcompress {

struct LabelledImages {
  Images images;
  const std::int64_t* labels = nullptr;
  bool changes = false;  // between batches: nothing may be made of the images beforehand
};

}  // namespace digitcompress
