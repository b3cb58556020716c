#include "network/inference.hpp"

#include <algorithm>
#include <utility>

#include "core/denormals.hpp"
#include "core/thread_pool.hpp"
#include "network/execution.hpp"

namespace digitcompress {
namespace {

constexpr int kTile = 64;
constexpr std::int64_t kTilesPerTask = 16;

void store_rows(const Lane* lanes, int samples, int features, float* rows) {
  for (int s = 0; s < samples; s++) {
    const Lane* group = lanes + static_cast<std::ptrdiff_t>(s / kLanes) * features;
    for (int f = 0; f < features; f++) *rows++ = group[f][s % kLanes];
  }
}

}  // namespace

bool forward_all(const Network& network, const Images& images, int node, int threads, Progress progress, float* outputs) {
  const EffectiveParameters parameters(network, nullptr);
  const int features = network.nodes()[static_cast<std::size_t>(node)].output.count();
  const std::int64_t tiles = (images.count + kTile - 1) / kTile;
  Watch watch(std::move(progress));
  parallel_for(static_cast<int>((tiles + kTilesPerTask - 1) / kTilesPerTask), threads, [&](int task) {
    const FlushDenormals flush;
    Workspace workspace(network, kTile, false);
    for (std::int64_t tile = task * kTilesPerTask; tile < std::min((task + 1) * kTilesPerTask, tiles) && watch.poll(tile * kTile); tile++) {
      TileInput input;
      input.images = &images;
      input.first = tile * kTile;
      input.samples = static_cast<int>(std::min<std::int64_t>(kTile, images.count - input.first));
      const Lane* lanes = workspace.forward(network, parameters, input, node);
      store_rows(lanes, input.samples, features, outputs + input.first * features);
    }
  });
  return !watch.stopped();
}

}  // namespace digitcompress
