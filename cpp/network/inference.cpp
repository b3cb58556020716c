#include "network/inference.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "core/denormals.hpp"
#include "core/thread_pool.hpp"
#include "network/load.hpp"
#include "network/workspace.hpp"

namespace digitcompress {
namespace {

constexpr int kTile = 64;
constexpr std::int64_t kTilesPerTask = 16;

int index_of_largest(const float* values, int count) {
  int best = 0;
  for (int i = 0; i < count; i++) {
    if (std::isnan(values[i])) return i;
    if (values[i] > values[best]) best = i;
  }
  return best;
}

}  // namespace

bool forward_all(const Network& network, const Images& images, int node, int threads, Progress progress, float* outputs) {
  const EffectiveParameters parameters(network, nullptr);
  const int features = network.node(node).output.count();
  const std::int64_t tiles = (images.count + kTile - 1) / kTile;
  Watch watch(std::move(progress));
  parallel_for(static_cast<int>((tiles + kTilesPerTask - 1) / kTilesPerTask), threads, [&](int task) {
    const FlushDenormals flush;
    Workspace workspace(network, {.groups = group_count(std::min<std::int64_t>(kTile, images.count)), .target = node});
    for (std::int64_t tile = task * kTilesPerTask; tile < std::min((task + 1) * kTilesPerTask, tiles) && watch.poll(tile * kTile); tile++) {
      const std::int64_t first = tile * kTile;
      const int samples = static_cast<int>(std::min<std::int64_t>(kTile, images.count - first));
      load_rows({&images, nullptr, first, samples}, workspace.output(kNetworkInput, 0));
      workspace.forward(network, parameters, {0, group_count(samples), samples}, 0, node + 1, nullptr);
      store_rows(workspace.output(node, 0), samples, features, outputs + first * features);
    }
  });
  return !watch.stopped();
}

bool classify_all(const Network& network, const Images& images, int threads, Progress progress, std::int64_t* classes) {
  const int count = network.classes();
  std::vector<float> logits(static_cast<std::size_t>(images.count) * static_cast<std::size_t>(count));
  if (!forward_all(network, images, network.logits_node(), threads, std::move(progress), logits.data())) return false;
  for (std::int64_t i = 0; i < images.count; i++) classes[i] = index_of_largest(logits.data() + i * count, count);
  return true;
}

}  // namespace digitcompress
