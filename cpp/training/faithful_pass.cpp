#include "training/faithful_pass.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include "core/thread_pool.hpp"
#include "layers/patch_dense.hpp"

namespace digitcompress {
namespace {

constexpr int kWidth = kDoubleLanes;
constexpr double kByte = 1.0 / 255.0;  // folded into the first layer's weights
// Chunks depend on the number of images alone and their sums are added in order: so results do not depend on the number of threads.
constexpr int kMostChunks = 16;
constexpr int kSumTasks = 8;

Shape image_shape(int features) {
  const int side = static_cast<int>(std::lround(std::sqrt(features)));
  return side * side == features ? Shape{1, side, side} : Shape{features, 1, 1};
}

// Quantizes ReLU outputs, which are not negative.
inline DoubleLane quantize_positive(const DoubleLane& value, double scale, bool truncation) {
  DoubleLane code = value * scale;
  code = code > scale ? broadcast_double(scale) : code;
  return (truncation ? truncate_positive(code) : round(code)) / scale;
}

// output[o] = weights[o] · input (+ bias[o])
void dense(const std::vector<double>& weights, const double* bias, const AlignedVector<DoubleLane>& input,
           AlignedVector<DoubleLane>& output) {
  const double* weight = weights.data();
  for (std::size_t o = 0; o < output.size(); o++) {
    DoubleLane sum = broadcast_double(bias[o]);
    for (std::size_t i = 0; i < input.size(); i++) sum += *weight++ * input[i];
    output[o] = sum;
  }
}

// input_gradient[i] = Σ_o weights[o][i] output_gradient[o], where the ReLU passed z[i]
void dense_backward(const std::vector<double>& weights, const AlignedVector<DoubleLane>& output_gradient,
                    const AlignedVector<DoubleLane>& z, AlignedVector<DoubleLane>& input_gradient) {
  for (std::size_t i = 0; i < z.size(); i++) {
    DoubleLane sum{};
    for (std::size_t o = 0; o < output_gradient.size(); o++) sum += weights[o * z.size() + i] * output_gradient[o];
    input_gradient[i] = z[i] > 0.0 ? sum : DoubleLane{};
  }
}

void add_products(const AlignedVector<DoubleLane>& output_gradient, const AlignedVector<DoubleLane>& input,
                  AlignedVector<DoubleLane>& weight_gradient) {
  DoubleLane* target = weight_gradient.data();
  for (const DoubleLane& gradient : output_gradient) {
    for (const DoubleLane& value : input) *target++ += gradient * value;
  }
}

// Turns logits into probabilities in place.
void softmax(AlignedVector<DoubleLane>& z, bool plain) {
  DoubleLane highest{}, total{};
  if (!plain) {
    highest = z[0];
    for (const DoubleLane& logit : z) highest = logit > highest ? logit : highest;
  }
  for (DoubleLane& logit : z) total += logit = exp(logit - highest);
  for (DoubleLane& power : z) power /= total;
}

std::vector<double> quantized(std::vector<double> values, const FaithfulOptions& options) {
  for (double& value : values) value = faithful_quantize(value, options);
  return values;
}

void add_to(std::span<double> sum, std::span<const double> part) {
  for (std::size_t i = 0; i < sum.size(); i++) sum[i] += part[i];
}

}  // namespace

double faithful_quantize(double value, const FaithfulOptions& options) {
  const double scale = std::ldexp(1.0, options.bits) - 1.0;
  const double code = std::min(std::max(value * scale, -scale), scale);
  return (options.quirks.truncation ? std::trunc(code) : std::nearbyint(code)) / scale;
}

FaithfulPass::Chunk::Chunk(const FaithfulWeights& shape, int first_layer_size)
    : first(static_cast<std::size_t>(first_layer_size)),
      weights(static_cast<std::size_t>(shape.layers())),
      hidden(static_cast<std::size_t>(kPatchTile * shape.widths[1])),
      tally(shape.classes()) {
  for (int l = 0; l < shape.layers(); l++) {
    const auto width = static_cast<std::size_t>(shape.widths[static_cast<std::size_t>(l) + 1]);
    if (l > 0) weights[static_cast<std::size_t>(l)].resize(width * static_cast<std::size_t>(shape.widths[static_cast<std::size_t>(l)]));
    for (auto* values : {&biases, &z, &a, &u, &dz}) values->emplace_back(width);
  }
}

FaithfulPass::FaithfulPass(const FaithfulImages& images, const FaithfulWeights& shape, const FaithfulOptions& options, bool with_backward)
    : images_(images), options_(options), with_backward_(with_backward), gradient_(shape) {
  int first_layer_size = images.features * shape.widths[1];
  if (images.reals == nullptr) {
    grid_ = std::make_unique<PatchGrid>(image_shape(images.features));
    packed_ =
        pack_patches({images.bytes, nullptr, images.count, images.features}, *grid_, nullptr, images.count, with_backward, options.threads);
    first_layer_size = grid_->patches() * kPatch * shape.widths[1];
  }
  first_.resize(static_cast<std::size_t>(first_layer_size));
  chunks_.assign(static_cast<std::size_t>(std::min<std::int64_t>(kMostChunks, tiles())),
                 Chunk(shape, with_backward ? first_layer_size : 0));
}

int FaithfulPass::tile_samples(int tile) const {
  return static_cast<int>(std::min<std::int64_t>(tile_size(), images_.count - std::int64_t{tile} * tile_size()));
}

void FaithfulPass::set_weights(const FaithfulWeights& weights) {
  forward_ = weights.weights;
  if (options_.quantized) {
    for (auto& values : forward_) values = quantized(std::move(values), options_);
  }
  backward_ = options_.quirks.float_backward ? weights.weights : forward_;
  biases_ = weights.biases;
  if (grid_)
    grid_->pack(forward_[0].data(), weights.widths[1], images_.features, kByte, first_.data());
  else
    std::copy(forward_[0].begin(), forward_[0].end(), first_.begin());
}

bool FaithfulPass::run(const FaithfulWeights& weights, bool with_tally, double* probabilities, Watch& watch, std::int64_t step) {
  set_weights(weights);
  const Task task{with_tally, probabilities};
  const auto count = static_cast<std::int64_t>(chunks_.size());
  parallel_for(static_cast<int>(count), options_.threads, [&](int c) {
    Chunk& chunk = chunks_[static_cast<std::size_t>(c)];
    std::fill(chunk.first.begin(), chunk.first.end(), 0.0);
    for (auto* sums : {&chunk.weights, &chunk.biases}) {
      for (auto& values : *sums) std::fill(values.begin(), values.end(), DoubleLane{});
    }
    chunk.tally = FaithfulTally(weights.classes());
    const auto last = static_cast<int>((c + 1) * tiles() / count);
    for (auto tile = static_cast<int>(c * tiles() / count); tile < last && watch.poll(step); tile++) run_tile(tile, task, chunk);
  });
  if (watch.stopped()) return false;
  if (with_backward_) sum_chunks();
  return true;
}

void FaithfulPass::run_tile(int tile, const Task& task, Chunk& chunk) {
  const int samples = tile_samples(tile), hidden = gradient_.widths[1];
  const std::int64_t first = std::int64_t{tile} * tile_size();
  first_layer_forward(tile, chunk.hidden.data());
  for (int s = 0; s < samples; s += kWidth) {
    LongLane labels = LongLane{} - 1;  // lanes past the last sample have no label and no gradient
    const int lanes = std::min(kWidth, samples - s);
    for (int i = 0; i < lanes && images_.labels != nullptr; i++) labels[i] = images_.labels[first + s + i];
    auto* group = reinterpret_cast<DoubleLane*>(chunk.hidden.data() + s * hidden);
    std::copy(group, group + hidden, chunk.z[0].begin());
    forward_group(chunk);
    if (task.with_tally || task.probabilities != nullptr) tally_group(first + s, lanes, task, chunk);
    if (!with_backward_) continue;
    backward_group(labels, chunk);
    keep_gradient(chunk, s);
  }
  if (with_backward_) first_layer_backward(tile, chunk.hidden.data(), chunk);
}

// In lanes, or sample by sample where the patch kernel reads it.
void FaithfulPass::keep_gradient(Chunk& chunk, int first) const {
  const std::size_t hidden = chunk.dz[0].size();
  double* to = chunk.hidden.data() + static_cast<std::size_t>(first) * hidden;
  for (std::size_t u = 0; u < hidden; u++) {
    for (std::size_t s = 0; s < kWidth; s++) to[grid_ ? s * hidden + u : u * kWidth + s] = chunk.dz[0][u][s];
  }
}

void FaithfulPass::first_layer_forward(int tile, double* output) const {
  const int units = gradient_.widths[1];
  if (grid_)
    patch_dense_forward<double, kWidth>(packed_.by_sample, packed_.rows(tile), {first_.data(), packed_.patches, biases_[0].data(), 1.0},
                                        units, output);
  else
    row_dense_forward(rows(tile), first_.data(), biases_[0].data(), units, output);
}

void FaithfulPass::first_layer_backward(int tile, const double* output_gradient, Chunk& chunk) const {
  const int units = gradient_.widths[1];
  if (grid_)
    patch_dense_backward<double>(packed_, tile, output_gradient, units, units, chunk.first.data());
  else
    row_dense_backward(rows(tile), output_gradient, units, chunk.first.data());
}

void FaithfulPass::forward_group(Chunk& chunk) const {
  const double scale = std::ldexp(1.0, options_.bits) - 1.0;
  for (std::size_t l = 0; l + 1 < chunk.z.size(); l++) {
    for (std::size_t i = 0; i < chunk.z[l].size(); i++) {
      const DoubleLane& z = chunk.z[l][i];
      const DoubleLane positive = z < 0.0 ? DoubleLane{} : z;
      chunk.a[l][i] = positive;
      chunk.u[l][i] = options_.quantized ? quantize_positive(positive, scale, options_.quirks.truncation) : positive;
    }
    dense(forward_[l + 1], biases_[l + 1].data(), chunk.u[l], chunk.z[l + 1]);
  }
  softmax(chunk.z.back(), options_.quirks.plain_softmax);
}

void FaithfulPass::backward_group(const LongLane& labels, Chunk& chunk) const {
  output_gradient(labels, chunk);
  const auto& seen = options_.quirks.float_backward ? chunk.a : chunk.u;
  for (std::size_t l = chunk.z.size() - 1;; l--) {
    for (std::size_t o = 0; o < chunk.dz[l].size(); o++) chunk.biases[l][o] += chunk.dz[l][o];
    if (l == 0) return;
    add_products(chunk.dz[l], seen[l - 1], chunk.weights[l]);
    dense_backward(backward_[l], chunk.dz[l], chunk.z[l - 1], chunk.dz[l - 1]);
  }
}

void FaithfulPass::output_gradient(const LongLane& labels, Chunk& chunk) const {
  const AlignedVector<DoubleLane>& p = chunk.z.back();
  AlignedVector<DoubleLane>& gradient = chunk.dz.back();
  if (options_.quirks.loss_ignored) {
    for (std::size_t c = 0; c < p.size(); c++) {
      const DoubleLane difference = p[c] - (labels == static_cast<std::int64_t>(c) ? broadcast_double(1.0) : DoubleLane{});
      gradient[c] = labels < 0 ? DoubleLane{} : difference;
    }
    return;
  }
  std::vector<double> values(p.size()), slopes(p.size());
  for (int lane = 0; lane < kWidth; lane++) {
    for (std::size_t c = 0; c < p.size(); c++) values[c] = p[c][lane];
    double mean = 0.0;
    if (labels[lane] >= 0) options_.loss->slope(values, labels[lane], slopes);
    for (std::size_t c = 0; c < p.size(); c++) mean += values[c] * slopes[c];
    const double divisor = options_.loss->over_classes ? static_cast<double>(p.size()) : 1.0;
    for (std::size_t c = 0; c < p.size(); c++) gradient[c][lane] = labels[lane] < 0 ? 0.0 : values[c] * (slopes[c] - mean) / divisor;
  }
}

void FaithfulPass::tally_group(std::int64_t first, int samples, const Task& task, Chunk& chunk) const {
  const AlignedVector<DoubleLane>& probabilities = chunk.z.back();
  const std::size_t classes = probabilities.size();
  std::vector<double> p(classes);
  for (int lane = 0; lane < samples; lane++) {
    for (std::size_t c = 0; c < classes; c++) p[c] = probabilities[c][lane];
    if (task.probabilities != nullptr)
      std::copy(p.begin(), p.end(), task.probabilities + (first + lane) * static_cast<std::int64_t>(classes));
    if (!task.with_tally) continue;
    const std::int64_t label = images_.labels[first + lane];
    const auto predicted = static_cast<std::size_t>(std::max_element(p.begin(), p.end()) - p.begin());
    chunk.tally.confusion[static_cast<std::size_t>(label) * classes + predicted]++;
    if (!options_.quirks.infinite_loss) std::transform(p.begin(), p.end(), p.begin(), [](double x) { return std::max(x, 0x1p-1022); });
    double* loss = &chunk.tally.losses[static_cast<std::size_t>(label)];
    for (const SourceLoss& each : source_losses()) {
      *loss += each.value(p, label);
      loss += classes;
    }
  }
}

void FaithfulPass::sum_chunks() {
  const auto size = static_cast<std::int64_t>(first_.size());
  double* const total = chunks_[0].first.data();
  parallel_for(kSumTasks, options_.threads, [&](int task) {
    const std::int64_t begin = task * size / kSumTasks, count = (task + 1) * size / kSumTasks - begin;
    for (std::size_t c = 1; c < chunks_.size(); c++) {
      add_to({total + begin, static_cast<std::size_t>(count)}, {chunks_[c].first.data() + begin, static_cast<std::size_t>(count)});
    }
  });
  auto& weights = gradient_.weights;
  if (grid_)
    grid_->unpack(total, gradient_.widths[1], images_.features, kByte, weights[0].data());
  else
    std::copy(chunks_[0].first.begin(), chunks_[0].first.end(), weights[0].begin());
  for (std::size_t l = 0; l < weights.size(); l++) {
    for (std::size_t i = 0; l > 0 && i < weights[l].size(); i++) {
      weights[l][i] = 0.0;
      for (const Chunk& chunk : chunks_) weights[l][i] += lane_sum(chunk.weights[l][i]);
    }
    for (std::size_t i = 0; i < gradient_.biases[l].size(); i++) {
      gradient_.biases[l][i] = 0.0;
      for (const Chunk& chunk : chunks_) gradient_.biases[l][i] += lane_sum(chunk.biases[l][i]);
    }
  }
}

FaithfulTally FaithfulPass::tally() const {
  FaithfulTally total(gradient_.classes());
  for (const Chunk& chunk : chunks_) total.add(chunk.tally);
  return total;
}

}  // namespace digitcompress
