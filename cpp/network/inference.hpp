#pragma once
#include <cstdint>
#include <functional>

#include "core/images.hpp"
#include "core/progress.hpp"
#include "network/network.hpp"

namespace digitcompress {

// Output of one node for every image, row by row. False when stopped half-way.
bool forward_all(const Network& network, const Images& images, int node, int threads, Progress progress, float* outputs);

// Index of the largest logit for every image, the first of equals; nan counts as largest. False when stopped half-way.
bool classify_all(const Network& network, const Images& images, int threads, Progress progress, std::int64_t* classes);

}  // namespace digitcompress
