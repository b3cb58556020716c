#include "training/batch.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/denormals.hpp"
#include "core/thread_pool.hpp"

namespace digitcompress {
namespace {

constexpr std::size_t kBlockBytes = 64 << 20;  // of buffers, for batches that are split
constexpr std::int64_t kMostBlockSamples = 4096, kLeastBlockSamples = 256;
// Multiply-adds forward from which on two threads pay, and those that are worth each further one: about 10 microseconds, there and back.
constexpr std::int64_t kPairWork = 150'000, kThreadWork = 500'000;
constexpr std::int64_t kInkShare = 3;  // one patch in so many has ink
constexpr int kEarly = 8;              // samples that a full batch is fetched ahead
constexpr int kTaskSamples = 64;       // a dense layer reads its weights once for so many samples

const Dense& dense_at(const Network& network, int node) { return std::get<Dense>(network.node(node).layer); }

bool synchronizes(const Node& node) {
  return std::visit([]<class Kind>(const Kind&) { return Kind::kSynchronizes; }, node.layer);
}

std::size_t lanes_a_group(const Network& network, bool with_backward) {
  std::size_t lanes = static_cast<std::size_t>(network.input().count());
  for (const Node& node : network.nodes()) lanes += static_cast<std::size_t>(node.output.count()) * (with_backward ? 2 : 1);
  return lanes;
}

std::int64_t choose_block(const Network& network, std::int64_t batch, bool with_backward) {
  if (with_backward && std::any_of(network.nodes().begin(), network.nodes().end(), synchronizes))
    return batch;  // its statistics are the batch's
  const std::size_t group_bytes = lanes_a_group(network, with_backward) * sizeof(Lane);
  const auto fitting = static_cast<std::int64_t>(kBlockBytes / group_bytes) * kLanes / kPatchTile * kPatchTile;
  return std::min(batch, std::clamp(fitting, kLeastBlockSamples, kMostBlockSamples));
}

// A thread costs more than it brings where little is done between two meetings: what one wrote, the other has to fetch.
int useful_threads(const Network& network, std::int64_t batch, int patch_node, int threads) {
  std::int64_t work = 0;
  for (int i = 0; i <= network.logits_node(); i++) {
    const Node& node = network.node(i);
    const std::int64_t count = std::visit([&](const auto& layer) { return layer.multiply_adds(node.input()); }, node.layer);
    work += batch * (i == patch_node ? count / kInkShare : count);
  }
  return static_cast<int>(std::min<std::int64_t>(threads, std::max<std::int64_t>(work / kThreadWork, work < kPairWork ? 1 : 2)));
}

// Calls use(layer) if the node's layer can do what `use` asks for.
template <class Use>
void ask(const Node& node, const Use& use) {
  std::visit(
      [&]<class Kind>(const Kind& layer) {
        if constexpr (requires { use(layer); }) use(layer);
      },
      node.layer);
}

}  // namespace

struct BatchRunner::Run {
  const Network& network;
  const EffectiveParameters& parameters;
  BlockRows rows;
  std::int64_t count;
  const LossRun& loss;
  Watch& watch;
  const StepKey& key;
  [[nodiscard]] int groups() const { return group_count(rows.samples); }
  [[nodiscard]] Groups block() const { return {0, groups(), rows.samples}; }
};

BatchRunner::BatchRunner(const Network& network, const LabelledImages& data, std::int64_t batch_size, bool with_backward, int threads)
    : data_(data),
      with_backward_(with_backward),
      threads_(threads > 0 ? threads : default_threads()),
      batch_size_(std::min(batch_size, data.images.count)),
      block_samples_(choose_block(network, batch_size_, with_backward)),
      logits_node_(network.logits_node()),
      tally_(0) {
  if (!data.changes) patches_ = PatchInput::make(network, data, {block_samples_, is_whole(), with_backward, threads_});
  if (patches_ != nullptr) first_node_ = network.patch_node();
  if (threads == 0) threads_ = useful_threads(network, batch_size_, patches_ != nullptr ? first_node_ : -1, threads_);
  find_sections(network);
  workspace_ = std::make_unique<Workspace>(network, Workspace::Extent{.groups = group_count(block_samples_),
                                                                      .trains = with_backward,
                                                                      .first_node = first_node_,
                                                                      .target = with_backward ? -1 : logits_node_});
  const auto padded = static_cast<std::size_t>(group_count(batch_size_)) * kLanes;
  labels_.resize(padded), weights_.resize(padded);
  losses_.resize(static_cast<std::size_t>(group_count(block_samples_)));
  predictions_.resize(losses_.size());
  if (!with_backward) {
    spare_gradient_.resize(losses_.size() * static_cast<std::size_t>(network.classes()));
    return;
  }
  heads_ = network.heads();
  if (patches_ == nullptr) chunks_ = ChunkGradients(network, group_count(block_samples_));
  gradient_.resize(network.arena().size());
  gradient_pointers_.resize(network.nodes().size());
  for (int i = 0; i <= logits_node_; i++) {
    for (const int p : network.node(i).parameters)
      gradient_pointers_[static_cast<std::size_t>(i)].push_back(gradient_.data() + network.parameter(p).offset);
  }
  rounds_ = gradient_tasks(network, chunks_, {first_node_, patches_ != nullptr ? patches_->gradient_parts() : 0, batch_size_});
}

// A node that looks at the whole batch starts a section: what lies before it must be done for all samples.
void BatchRunner::find_sections(const Network& network) {
  sections_.push_back(first_node_);
  for (int i = first_node_; i <= logits_node_ && with_backward_; i++) {
    if (synchronizes(network.node(i))) sections_.push_back(i);
  }
}

Groups BatchRunner::task_groups(const Run& run, int task) const {
  const int share = (run.groups() + threads_ - 1) / threads_;
  const int size =
      patches_ != nullptr && is_whole() ? patches_->tiles_of_task() * kPatchTile / kLanes : std::min(share, kTaskSamples / kLanes);
  const int first = task * size, count = std::clamp(run.groups() - first, 0, size);
  return {first, count, std::min(count * kLanes, run.rows.samples - first * kLanes)};
}

bool BatchRunner::run(const Network& network, const EffectiveParameters& parameters, const SampleOrder& order, std::int64_t count,
                      const LossRun& loss, Watch& watch, const StepKey& key) {
  if (const int classes = tally_classes(network, loss.loss); tally_.classes != classes) tally_ = Tally(classes);
  tally_.clear();
  if (tally_.classes == 0 && patches_ != nullptr) targets_.resize(losses_.size() * static_cast<std::size_t>(data_.images.features));
  last_samples_ = count;
  const bool is_packed = patches_ != nullptr && is_whole();
  if (patches_ != nullptr) patches_->prepare(parameters);
  Run run{network, parameters, {}, count, loss, watch, key};
  run.rows = is_packed ? BlockRows{patches_->whole_order(), count, kEarly} : BlockRows{order.rows, order.stop, count};
  for (; run.rows.first < count; run.rows.first += block_samples_) {
    run.rows.samples = static_cast<int>(std::min(block_samples_, count - run.rows.first));
    if (!run_block(run)) return false;
  }
  targets_filled_ = is_whole();
  return true;
}

// False when the watch has stopped the run.
bool BatchRunner::run_tasks(const Run& run, int count, FunctionRef<void(int)> task) {
  parallel_for(count, threads_, [&](int i) {
    if (!run.watch.poll(static_cast<std::int64_t>(run.key.step))) return;
    const FlushDenormals flush;
    task(i);
  });
  return !run.watch.stopped();
}

// The forward pass of patches that is shared out by units, before the groups of samples go their ways.
bool BatchRunner::run_patches(const Run& run) {
  if (!splits_units()) return true;
  return run_tasks(run, PatchInput::pieces(run.rows), [&](int piece) { patches_->find(run.rows, piece); }) &&
         run_tasks(run, patches_->forward_parts(run.rows), [&](int part) {
           patches_->forward_part(run.rows, part, run.parameters, patches_bias(run), workspace_->output(first_node_, 0));
         });
}

const float* BatchRunner::patches_bias(const Run& run) const {
  return dense_at(run.network, first_node_).bias ? run.parameters.of(first_node_)[1] : nullptr;
}

bool BatchRunner::run_block(const Run& run) {
  if (!run_patches(run)) return false;
  int tasks = 0;
  while (task_groups(run, tasks).count > 0) tasks++;
  const auto for_groups = [&](const auto& use) { return run_tasks(run, tasks, [&](int task) { use(task_groups(run, task)); }); };
  for (std::size_t s = 0; s < sections_.size(); s++) {
    if (s > 0)
      ask(run.network.node(sections_[s]),
          [&](const auto& layer) -> decltype(layer.conclude(Tile{})) { layer.conclude(batch_tile(run, sections_[s])); });
    if (!for_groups([&](const Groups& groups) { forward_section(run, s, groups); })) return false;
  }
  if (!with_backward_) {
    add_to_tally(run);
    return true;
  }
  for (std::size_t s = sections_.size() - 1; s-- > 0;) {
    const int node = sections_[s + 1];
    ask(run.network.node(node),
        [&](const auto& layer) -> decltype(layer.conclude_gradient(Tile{})) { layer.conclude_gradient(batch_tile(run, node)); });
    if (!for_groups([&](const Groups& groups) { backward_section(run, s, groups); })) return false;
  }
  for (std::size_t i = 1; i < rounds_.size() && run.rows.first == 0; i++) clear_own_gradients(run.network, rounds_[i]);
  for (const auto& round : rounds_) {
    run_tasks(run, static_cast<int>(round.size()), [&](int task) {
      const GradientTask& part = round[static_cast<std::size_t>(task)];
      if (part.node == kTally) return add_to_tally(run);
      parameter_gradient(run, part, run.rows.first > 0 || &round != &rounds_.front());
    });
    if (&round == &rounds_.front()) chunks_.add_up(group_count(std::min(run.count, block_samples_)), gradient_);
  }
  for (int i = first_node_; i <= logits_node_; i++) {
    ask(run.network.node(i),
        [&](const auto& layer) -> decltype(layer.summarize(Tile{}, true)) { layer.summarize(batch_tile(run, i), run.rows.first == 0); });
  }
  return !run.watch.stopped();
}

Tile BatchRunner::batch_tile(const Run& run, int node) { return workspace_->tile(run.network, run.parameters, node, run.block()); }

void BatchRunner::forward_section(const Run& run, std::size_t section, const Groups& groups) {
  const bool is_last = section + 1 == sections_.size();
  int first = sections_[section];
  if (section == 0) {
    if (!targets_filled_) fill_targets(run, groups);
    if (patches_ != nullptr) {
      if (!splits_units())
        patches_->forward(run.rows, groups, run.parameters, patches_bias(run), workspace_->output(first_node_, groups.first));
      first++;
    } else {
      load_rows({&data_.images, run.rows.order, run.rows.first + groups.first * kLanes, groups.samples},
                workspace_->output(kNetworkInput, groups.first));
    }
  }
  const int stop = is_last ? logits_node_ + 1 : sections_[section + 1];
  workspace_->forward(run.network, run.parameters, groups, first, stop, with_backward_ ? &run.key : nullptr);
  if (is_last) {
    run_loss(run, groups);
    if (with_backward_) backward_section(run, section, groups);
    return;
  }
  const Tile tile = workspace_->tile(run.network, run.parameters, stop, groups);
  Lane* input = workspace_->output(run.network.node(stop).inputs[0], groups.first);
  ask(run.network.node(stop), [&](const auto& layer) -> decltype(layer.collect(tile, input)) { layer.collect(tile, input); });
}

// From the gradients at the end of a section to those at its start: a node that synchronizes there still has to see all of them.
void BatchRunner::backward_section(const Run& run, std::size_t section, const Groups& groups) {
  const int first = sections_[section], stop = section + 1 == sections_.size() ? logits_node_ + 1 : sections_[section + 1] + 1;
  workspace_->backward(run.network, run.parameters, groups, section == 0 ? first : first + 1, stop);
  if (section == 0) {
    if (patches_ != nullptr) patches_->collect_gradient(run.rows, groups, workspace_->gradient(first_node_, groups.first));
    return;
  }
  const Tile tile = workspace_->tile(run.network, run.parameters, first, groups);
  const Lane* input = workspace_->output(run.network.node(first).inputs[0], groups.first);
  const Lane* gradient = workspace_->gradient(first, groups.first);
  ask(run.network.node(first),
      [&](const auto& layer) -> decltype(layer.collect_gradient(tile, input, gradient)) { layer.collect_gradient(tile, input, gradient); });
}

// Labels and weights in the order of the batch. Places past the last sample weigh nothing.
void BatchRunner::fill_targets(const Run& run, const Groups& groups) {
  const std::int64_t first = run.rows.first + groups.first * kLanes;
  for (int i = 0; i < groups.count * kLanes; i++) {
    const auto place = static_cast<std::size_t>(first + i);
    labels_[place] = 0, weights_[place] = 0.0f;
    if (i >= groups.samples) continue;
    const std::int64_t sample = run.rows.order == nullptr ? first + i : run.rows.order[first + i];
    weights_[place] = run.loss.sample_weights == nullptr ? 1.0f : run.loss.sample_weights[sample];
    if (data_.labels == nullptr) continue;
    labels_[place] = static_cast<std::int32_t>(data_.labels[sample]);
    if (!run.loss.class_weights.empty()) weights_[place] *= run.loss.class_weights[static_cast<std::size_t>(labels_[place])];
  }
}

namespace {

IntLane predict(const Lane* logits, int classes) {
  Lane highest = logits[0];
  IntLane prediction{};
  for (int c = 1; c < classes; c++) {
    prediction = logits[c] > highest ? IntLane{} + c : prediction;  // the first of equals, as argmax
    highest = max(highest, logits[c]);
  }
  return prediction;
}

}  // namespace

void BatchRunner::run_loss(const Run& run, const Groups& groups) {
  const int classes = run.network.classes();
  for (int g = groups.first; g < groups.first + groups.count; g++) {
    const std::size_t group = static_cast<std::size_t>(g), place = static_cast<std::size_t>(run.rows.first) + group * kLanes;
    const IntLane labels = *reinterpret_cast<const IntLane*>(labels_.data() + place);
    const Lane weight = *reinterpret_cast<const Lane*>(weights_.data() + place);
    const auto evaluate = [&](int node, const Lane& factor, Lane* gradient) {
      const Lane* z = workspace_->output(node, groups.first) + static_cast<std::ptrdiff_t>(g - groups.first) * classes;
      const Lane loss = tally_.classes == 0 ? evaluate_reconstruction(run.loss.loss, z, targets(run, g), classes, gradient)
                                            : evaluate_loss(run.loss.loss, z, labels, classes, gradient);
      for (int c = 0; c < classes && with_backward_; c++) gradient[c] *= factor;
      if (node == logits_node_ && run.loss.with_tally && tally_.classes > 0) predictions_[group] = predict(z, classes);
      return loss;
    };
    losses_[group] =
        evaluate(logits_node_, weight, with_backward_ ? workspace_->gradient(logits_node_, g) : spare_gradient_.data() + g * classes);
    for (const int head : heads_)
      evaluate(head, weight * static_cast<float>(run.network.node(head).loss_weight), workspace_->gradient(head, g));
  }
}

// The input of a group, which a reconstruction is compared with.
const Lane* BatchRunner::targets(const Run& run, int group) {
  if (patches_ == nullptr) return workspace_->output(kNetworkInput, group);
  Lane* to = targets_.data() + static_cast<std::ptrdiff_t>(group) * data_.images.features;
  const int samples = std::min(kLanes, run.rows.samples - group * kLanes);
  load_rows({&data_.images, run.rows.order, run.rows.first + static_cast<std::int64_t>(group) * kLanes, samples}, to);
  return to;
}

void BatchRunner::parameter_gradient(const Run& run, const GradientTask& task, bool accumulates) {
  const Node& node = run.network.node(task.node);
  const bool is_patch = reads_patches(task.node);
  int part = task.part;
  if (is_patch) {
    if (part < patches_->gradient_parts()) return patches_->gradient_part(run.rows, part);
    part = gradient_parts(node) - 1;  // the bias
  }
  const bool is_chunk = task.chunk >= 0;
  const Groups groups = is_chunk ? chunks_.groups(task.chunk, run.block()) : run.block();
  if (groups.count == 0) return;
  const Tile tile = workspace_->tile(run.network, run.parameters, task.node, groups);
  const Lane* input = is_patch ? nullptr : workspace_->output(node.inputs[0], groups.first);
  float* const* gradients =
      is_chunk ? chunks_.gradients(task.node, task.chunk) : gradient_pointers_[static_cast<std::size_t>(task.node)].data();
  ask(node, [&](const auto& layer) -> decltype(layer.parameter_gradient(tile, part, input, input, gradients, true)) {
    layer.parameter_gradient(tile, part, input, workspace_->gradient(task.node, groups.first), gradients, accumulates);
  });
}

// Nodes of later rounds add to what they share; what is theirs alone must start at zero.
void BatchRunner::clear_own_gradients(const Network& network, const std::vector<GradientTask>& round) {
  for (const GradientTask& task : round) {
    const Node& node = network.node(task.node);
    for (const int p : node.parameters) {
      const Parameter& parameter = network.parameter(p);
      if (network.owns(node, p)) std::fill_n(gradient_.begin() + static_cast<std::ptrdiff_t>(parameter.offset), parameter.size, 0.0f);
    }
  }
}

void BatchRunner::add_to_tally(const Run& run) {
  for (int g = 0; g < run.groups(); g++) {
    const std::size_t group = static_cast<std::size_t>(g), place = static_cast<std::size_t>(run.rows.first) + group * kLanes;
    tally_.loss += static_cast<double>(sum(losses_[group] * *reinterpret_cast<const Lane*>(weights_.data() + place)));
    if (!run.loss.with_tally || tally_.classes == 0) continue;
    for (int lane = 0; lane < std::min(kLanes, run.rows.samples - g * kLanes); lane++) {
      const std::int32_t label = labels_[place + static_cast<std::size_t>(lane)];
      tally_.confusion[static_cast<std::size_t>(label * tally_.classes + predictions_[group][lane])]++;
      tally_.class_loss[static_cast<std::size_t>(label)] += static_cast<double>(losses_[group][lane]);
    }
  }
}

void BatchRunner::learn(Network& network, const EffectiveParameters& parameters) {
  for (int i = first_node_; i <= logits_node_; i++) {
    const Node& node = network.node(i);
    ask(node, [&](const auto& layer) -> decltype(layer.learn(Tile{}, nullptr)) {
      std::array<float*, 4> stored{};
      for (std::size_t p = 0; p < node.parameters.size(); p++) stored[p] = network.values(network.parameter(node.parameters[p])).data();
      const int samples = static_cast<int>(std::min(last_samples_, block_samples_));
      layer.learn(workspace_->tile(network, parameters, i, {0, group_count(samples), samples}), stored.data());
    });
  }
}

}  // namespace digitcompress
