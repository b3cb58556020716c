#include "training/batch.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/denormals.hpp"
#include "core/thread_pool.hpp"

namespace digitcompress {
namespace {

// The patch kernels beat dense ones once about half of the patches are empty (MNIST: two thirds).
constexpr double kSparseEnough = 0.5;

int choose_tile_samples(std::int64_t batch) {
  const std::int64_t share = (batch + kChunks - 1) / kChunks;
  return static_cast<int>(std::clamp<std::int64_t>((share + 15) / 16 * 16, 32, kPatchTile));
}

struct Span {
  std::int64_t first, count;  // samples
};

// Tiles are dealt out evenly: chunk c of n gets tiles c T / n … (c + 1) T / n - 1.
Span chunk_rows(std::int64_t batch, int tile_samples, int chunk) {
  const std::int64_t tiles = (batch + tile_samples - 1) / tile_samples;
  const std::int64_t chunks = std::min<std::int64_t>(tiles, kChunks);
  const std::int64_t first = tiles * chunk / chunks * tile_samples;
  return {first, std::min(tiles * (chunk + 1) / chunks * tile_samples, batch) - first};
}

int chunk_count(std::int64_t batch, int tile_samples) {
  return static_cast<int>(std::min<std::int64_t>((batch + tile_samples - 1) / tile_samples, kChunks));
}

}  // namespace

BatchRunner::BatchRunner(const Network& network, const LabelledImages& data, std::int64_t batch_size, bool with_backward, int threads)
    : data_(data),
      with_backward_(with_backward),
      threads_(threads),
      batch_size_(batch_size),
      tile_samples_(choose_tile_samples(batch_size)) {
  if (data.images.bytes != nullptr && network.patch_node() >= 0) {
    auto grid = std::make_unique<PatchGrid>(network.input());
    if (empty_patch_share(data.images, *grid) >= kSparseEnough) grid_ = std::move(grid);
  }
  const int chunks = chunk_count(batch_size, tile_samples_);
  chunks_.reserve(static_cast<std::size_t>(chunks));
  for (int c = 0; c < chunks; c++) chunks_.emplace_back(network, grid_.get(), tile_samples_, with_backward);
  if (grid_ != nullptr && is_whole()) pack_all();
}

// A full batch has no order of its own, so a chunk's samples are arranged by class and by their number of patches: neighbours then read the
// same weights, and the kernels' loops end where the branch predictor expects.
void BatchRunner::pack_all() {
  packed_order_.resize(static_cast<std::size_t>(data_.images.count));
  std::iota(packed_order_.begin(), packed_order_.end(), 0u);
  parallel_for(static_cast<int>(chunks_.size()), threads_, [&](int c) {
    const Span rows = chunk_rows(data_.images.count, tile_samples_, c);
    const auto begin = packed_order_.begin() + rows.first;
    const PatchImages counts = pack_patches(data_.images, *grid_, &*begin, rows.count, false);
    const auto& first = counts.by_sample.first;
    const auto rank = [&](std::uint32_t row) {
      const auto place = static_cast<std::size_t>(row) - static_cast<std::size_t>(rows.first);
      return std::pair(data_.labels[row], first[place + 1] - first[place]);
    };
    std::stable_sort(begin, begin + rows.count, [&](std::uint32_t a, std::uint32_t b) { return rank(a) < rank(b); });
    chunks_[static_cast<std::size_t>(c)].packed = pack_patches(data_.images, *grid_, &*begin, rows.count, with_backward_);
  });
}

bool BatchRunner::run(const Network& network, const EffectiveParameters& parameters, const std::uint32_t* order, std::int64_t count,
                      const LossRun& loss, Watch& watch, std::int64_t step) {
  used_chunks_ = chunk_count(count, tile_samples_);
  parallel_for(used_chunks_, threads_, [&](int c) {
    if (!watch.poll(step)) return;
    const FlushDenormals flush;
    run_chunk(network, parameters, order, count, loss, c);
  });
  return !watch.stopped();
}

void BatchRunner::run_chunk(const Network& network, const EffectiveParameters& parameters, const std::uint32_t* order, std::int64_t count,
                            const LossRun& loss, int index) {
  Chunk& chunk = chunks_[static_cast<std::size_t>(index)];
  if (with_backward_) chunk.gradients.clear();
  chunk.tally = Tally(network.classes());
  const Span rows = chunk_rows(count, tile_samples_, index);
  if (!packed_order_.empty()) {
    order = packed_order_.data();
  } else if (grid_ != nullptr) {
    Images part = data_.images;
    if (order == nullptr) part.bytes += rows.first * part.features;
    chunk.packed = pack_patches(part, *grid_, order == nullptr ? nullptr : order + rows.first, rows.count, with_backward_);
  }
  if (!is_whole() || chunk.labels.empty()) fill_targets(order, rows.first, rows.count, loss, chunk);
  for (std::int64_t done = 0; done < rows.count; done += tile_samples_) {
    TileInput input;
    input.patches = grid_ == nullptr ? nullptr : &chunk.packed;
    input.tile = static_cast<int>(done / tile_samples_);
    input.images = &data_.images;
    input.order = order;
    input.first = rows.first + done;
    input.samples = static_cast<int>(std::min<std::int64_t>(tile_samples_, rows.count - done));
    run_tile(network, parameters, input, static_cast<std::size_t>(done), loss, chunk);
  }
}

// Labels and weights in the order of the chunk's samples. Places past the last sample weigh nothing.
void BatchRunner::fill_targets(const std::uint32_t* order, std::int64_t first, std::int64_t count, const LossRun& loss,
                               Chunk& chunk) const {
  const auto padded = static_cast<std::size_t>((count + kLanes - 1) / kLanes * kLanes);
  chunk.labels.assign(padded, 0);
  chunk.weights.assign(padded, 0.0f);
  for (std::int64_t i = 0; i < count; i++) {
    const std::int64_t sample = order == nullptr ? first + i : order[first + i];
    const auto place = static_cast<std::size_t>(i);
    chunk.labels[place] = static_cast<std::int32_t>(data_.labels[sample]);
    float weight = loss.sample_weights == nullptr ? 1.0f : loss.sample_weights[sample];
    if (!loss.class_weights.empty()) weight *= loss.class_weights[static_cast<std::size_t>(data_.labels[sample])];
    chunk.weights[place] = weight;
  }
}

namespace {

void count_predictions(const IntLane& labels, int samples, const Lane* logits, const Lane& losses, Tally& tally) {
  Lane highest = logits[0];
  IntLane prediction{};
  for (int c = 1; c < tally.classes; c++) {
    prediction = logits[c] > highest ? IntLane{} + c : prediction;  // the first of equals, as argmax
    highest = max(highest, logits[c]);
  }
  for (int lane = 0; lane < samples; lane++) {
    const std::int32_t label = labels[lane];
    tally.confusion[static_cast<std::size_t>(label * tally.classes + prediction[lane])]++;
    tally.class_loss[static_cast<std::size_t>(label)] += static_cast<double>(losses[lane]);
  }
}

}  // namespace

void BatchRunner::run_tile(const Network& network, const EffectiveParameters& parameters, const TileInput& input, std::size_t place,
                           const LossRun& loss, Chunk& chunk) {
  const int last = network.logits_node(), classes = network.classes();
  const Lane* logits = chunk.workspace.forward(network, parameters, input, last, with_backward_ ? &chunk.gradients : nullptr);
  const auto* labels = reinterpret_cast<const IntLane*>(chunk.labels.data() + place);
  const auto* weights = reinterpret_cast<const Lane*>(chunk.weights.data() + place);
  AlignedVector<Lane> spare(with_backward_ ? 0 : static_cast<std::size_t>(classes));
  Lane total{};
  for (int g = 0; g < input.groups(); g++) {
    const Lane* z = logits + static_cast<std::ptrdiff_t>(g) * classes;
    Lane* gradient = with_backward_ ? chunk.workspace.output_gradient(last) + static_cast<std::ptrdiff_t>(g) * classes : spare.data();
    const Lane losses = evaluate_loss(loss.loss, z, labels[g], classes, gradient);
    total += losses * weights[g];
    for (int c = 0; c < classes; c++) gradient[c] *= weights[g];
    if (loss.with_tally) count_predictions(labels[g], std::min(kLanes, input.samples - g * kLanes), z, losses, chunk.tally);
  }
  chunk.tally.loss += static_cast<double>(sum(total));
  if (with_backward_) chunk.workspace.backward(network, parameters, input, last, chunk.gradients);
}

void BatchRunner::sum_gradients(const Network& network, std::span<float> arena) {
  Gradients& total = chunks_[0].gradients;
  for (int c = 1; c < used_chunks_; c++) total.add(chunks_[static_cast<std::size_t>(c)].gradients);
  std::copy(total.arena.begin(), total.arena.end(), arena.begin());
  if (grid_ != nullptr) total.unpack_patches(network, *grid_, arena);
}

Tally BatchRunner::tally() const {
  Tally total = chunks_[0].tally;
  for (int c = 1; c < used_chunks_; c++) total.add(chunks_[static_cast<std::size_t>(c)].tally);
  return total;
}

float BatchRunner::largest_seen(int node) const {
  float top = 0.0f;
  for (int c = 0; c < used_chunks_; c++) {
    top = std::max(top, chunks_[static_cast<std::size_t>(c)].gradients.largest_seen[static_cast<std::size_t>(node)]);
  }
  return top;
}

}  // namespace digitcompress
