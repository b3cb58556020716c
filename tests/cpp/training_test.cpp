#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <doctest/doctest.h>
#include <new>
#include <utility>
#include <variant>
#include <vector>

#include "core/random.hpp"
#include "pruning/criteria.hpp"
#include "quantization/number_formats.hpp"
#include "training/trainer.hpp"

// Trains small networks in every way the trainer has, so that the sanitizers see all of its kernels.
namespace digitcompress {
namespace {

constexpr std::int64_t kSamples = 75;  // not a multiple of any level's lanes
constexpr int kClasses = 4;

// Mostly blank images, as digits are: a square of ink whose place is the label, and noise.
struct Digits {
  std::vector<std::uint8_t> bytes;
  std::vector<float> floats;
  std::vector<std::int64_t> labels;
};

Digits make_digits(int side) {
  const Random random(7, 1);
  const auto pixels = static_cast<std::size_t>(side * side);
  Digits digits;
  for (std::size_t s = 0; s < kSamples; s++) {
    const int label = static_cast<int>(s % kClasses), top = (label / 2) * (side / 2), left = (label % 2) * (side / 2);
    for (std::size_t p = 0; p < pixels; p++) {
      const int row = static_cast<int>(p) / side - top, column = static_cast<int>(p) % side - left;
      const bool ink = row >= 2 && row < 6 && column >= 1 && column < 6;
      digits.bytes.push_back(ink ? static_cast<std::uint8_t>(128 + Random::below(random.bits(s * pixels + p), 128)) : std::uint8_t{0});
      digits.floats.push_back(static_cast<float>(digits.bytes.back()) * kByteScale);
    }
    digits.labels.push_back(label);
  }
  return digits;
}

LabelledImages as_bytes(const Digits& digits, int side) {
  return {{digits.bytes.data(), nullptr, kSamples, side * side}, digits.labels.data()};
}

LabelledImages as_floats(const Digits& digits, int side) {
  return {{nullptr, digits.floats.data(), kSamples, side * side}, digits.labels.data()};
}

Layer dense(int units) {
  Dense layer;
  layer.units = units;
  return layer;
}

Layer conv(int channels, int stride, int padding, int groups) {
  Conv2d layer;
  layer.channels = channels, layer.stride = stride, layer.padding = padding, layer.groups = groups;
  return layer;
}

Layer upsampling(int channels) {
  ConvTranspose2d layer;
  layer.channels = channels, layer.stride = 2, layer.padding = 1, layer.output_padding = 1;
  return layer;
}

Layer signed_quantizer() {
  FakeQuantize layer;
  layer.is_signed = true;
  return layer;
}

// Every kind of layer that has kernels of its own, with joins and nodes that several others read.
Network make_graph(int side) {
  const std::vector<NodeSpec> nodes = {{conv(4, 1, 1, 1), "stem", {}},
                                       {BatchNorm{}, "", {}},
                                       {ReLU{}, "trunk", {}},
                                       {conv(4, 1, 1, 4), "", {}},
                                       {Add{}, "sum", {"conv2", "trunk"}},
                                       {MaxPool2d{}, "pooled", {}},
                                       {conv(6, 2, 1, 2), "", {}},
                                       {upsampling(3), "up", {}},
                                       {AvgPool2d{}, "", {}},
                                       {Upsample{}, "", {}},
                                       {Concat{}, "", {"up", "upsample1"}},
                                       {Dropout{}, "", {}},
                                       {GlobalAvgPool{}, "", {}},
                                       {dense(6), "", {}},
                                       {BatchNorm{}, "", {}},
                                       {Sigmoid{}, "", {}},
                                       {dense(kClasses), "", {}}};
  return {{1, side, side}, nodes, "he_uniform", 3};
}

Network make_network(int side, bool compressed) {
  std::vector<NodeSpec> nodes = {{Flatten{}}, {dense(7)}, {LeakyReLU{}}, {dense(5)}, {Tanh{}}, {dense(kClasses)}};
  if (compressed) nodes.insert(nodes.begin() + 3, {signed_quantizer()});
  Network network({1, side, side}, nodes, "he_uniform", 3);
  if (!compressed) return network;
  for (const char* name : {"fc1.weight", "fc2.weight"}) {
    const int index = network.parameter_index(name);
    network.add_transform(index, pruning_mask(find_pruning_criterion("magnitude"), 0.3));
    network.add_transform(index, fake_quantization(find_number_format("symmetric"), 8, 8, 5, static_cast<std::uint64_t>(index)));
  }
  return network;
}

// Calls of operator new (below) while `use` runs, on all threads.
std::atomic<std::int64_t> allocations = 0;

template <class Use>
std::int64_t allocations_of(const Use& use) {
  const std::int64_t before = allocations;
  use();
  return allocations - before;
}

struct Run {
  AlignedVector<float> weights;
  std::vector<Record> records;
};

Run run(Network network, const LabelledImages& data, TrainingOptions options, int threads) {
  options.threads = threads;
  Trainer trainer(network, data, data, options);
  REQUIRE(trainer.run(12 * trainer.steps_per_epoch(), {}));
  return {network.arena(), trainer.step_records()};
}

template <std::size_t... kIndices>
std::vector<Loss> every_loss(std::index_sequence<kIndices...>) {
  return {Loss(std::in_place_index<kIndices>)...};
}

TrainingOptions options_for(const Loss& loss, std::int64_t batch_size) {
  TrainingOptions options;
  options.loss = loss;
  SGD optimizer;
  optimizer.learning_rate = 0.05f;
  optimizer.momentum = 0.5f;
  options.optimizer = optimizer;
  options.batch_size = batch_size;
  options.record_every = 1;
  return options;
}

void check_training(const LabelledImages& data, int side, bool compressed, const TrainingOptions& options) {
  const Run alone = run(make_network(side, compressed), data, options, 1);
  const Run together = run(make_network(side, compressed), data, options, 4);
  CHECK(alone.weights == together.weights);
  REQUIRE(alone.records.size() >= 2);
  CHECK(alone.records.size() == together.records.size());
  CHECK(alone.weights != make_network(side, compressed).arena());
}

[[maybe_unused]] void* counted(std::size_t size, std::size_t alignment) {
  allocations++;
  void* memory = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

TEST_CASE("training gives the same bits on one thread and on four, for every loss, kind of image and batch") {
  for (const int side : {28, 9}) {
    const Digits digits = make_digits(side);
    for (const Loss& loss : every_loss(std::make_index_sequence<std::variant_size_v<Loss>>{})) {
      if (reconstructs(loss)) continue;
      for (const std::int64_t batch_size : {0, 17})
        for (const bool compressed : {false, true}) {
          CAPTURE(side);
          CAPTURE(loss.index());
          CAPTURE(batch_size);
          CAPTURE(compressed);
          check_training(as_bytes(digits, side), side, compressed, options_for(loss, batch_size));
          check_training(as_floats(digits, side), side, compressed, options_for(loss, batch_size));
        }
    }
  }
}

TEST_CASE("a graph of convolutions gives the same bits on one thread and on four") {
  const Digits digits = make_digits(16);
  const TrainingOptions options = options_for(CrossEntropy{}, 40);
  const Run alone = run(make_graph(16), as_bytes(digits, 16), options, 1), together = run(make_graph(16), as_bytes(digits, 16), options, 4);
  CHECK(alone.weights == together.weights);
  CHECK(alone.weights != make_graph(16).arena());
}

TEST_CASE("convolutions of many channels give the same bits on one thread and on four") {
  const Digits digits = make_digits(16);
  const std::vector<NodeSpec> nodes = {{conv(33, 2, 1, 1)}, {ReLU{}},         {conv(48, 1, 1, 1)}, {conv(96, 1, 0, 1)}, {ReLU{}},
                                       {GlobalAvgPool{}},   {dense(kClasses)}};
  const Network network({1, 16, 16}, nodes, "he_uniform", 3);
  const TrainingOptions options = options_for(CrossEntropy{}, 40);
  const Run alone = run(network, as_bytes(digits, 16), options, 1), together = run(network, as_bytes(digits, 16), options, 4);
  CHECK(alone.weights == together.weights);
  CHECK(alone.weights != network.arena());
}

TEST_CASE("an auto-encoder with a tied weight gives the same bits on one thread and on four") {
  const Digits digits = make_digits(28);
  TiedDense decoder;
  decoder.units = 28 * 28;
  const Network network({1, 28, 28}, {{Flatten{}}, {dense(9)}, {Sigmoid{}}, {decoder}}, "he_uniform", 3);
  const TrainingOptions options = options_for(Reconstruction{}, 17);
  for (const LabelledImages& data : {as_bytes(digits, 28), as_floats(digits, 28)}) {
    const Run alone = run(network, data, options, 1), together = run(network, data, options, 4);
    CHECK(alone.weights == together.weights);
    CHECK(alone.weights != network.arena());
  }
}

TEST_CASE("a step allocates nothing after the first") {
  const Digits digits = make_digits(16);
  for (const bool is_graph : {false, true}) {
    TrainingOptions options = options_for(CrossEntropy{}, 25);
    options.record_every = 0;
    options.threads = 2;
    Network network = is_graph ? make_graph(16) : make_network(16, false);
    Trainer trainer(network, as_bytes(digits, 16), {}, options);
    REQUIRE(trainer.run(1, {}));
    const std::int64_t one = allocations_of([&] { REQUIRE(trainer.run(1, {})); });
    const std::int64_t eleven = allocations_of([&] { REQUIRE(trainer.run(11, {})); });
    CHECK(one == eleven);  // what a call needs, steps do not
  }
}

TEST_CASE("training with Adam learns where the ink is") {
  const Digits digits = make_digits(28);
  TrainingOptions options = options_for(CrossEntropy{}, 16);
  Adam optimizer;
  optimizer.learning_rate = 0.01f;
  options.optimizer = optimizer;
  Network network = make_network(28, false);
  Trainer trainer(network, as_bytes(digits, 28), {}, options);
  REQUIRE(trainer.run(40 * trainer.steps_per_epoch(), {}));
  const Record &first = trainer.step_records().front(), &last = trainer.step_records().back();
  CHECK(last.tally.loss / static_cast<double>(last.samples) < 0.1 * first.tally.loss / static_cast<double>(first.samples));
}

TEST_CASE("a training in pieces, in any cut, gives the bits of one in a piece") {
  const Digits digits = make_digits(28);
  TrainingOptions options = options_for(CrossEntropy{}, 17);
  options.records_epochs = true;
  const LabelledImages data = as_bytes(digits, 28);
  Network whole = make_network(28, true), cut = make_network(28, true);
  Trainer at_once(whole, data, data, options), in_pieces(cut, data, data, options);
  REQUIRE(at_once.run(23, {}));
  for (const std::int64_t piece : {1, 4, 0, 7, 11}) REQUIRE(in_pieces.run(piece, {}));
  CHECK(whole.arena() == cut.arena());
  CHECK(at_once.state().slots == in_pieces.state().slots);
  REQUIRE(at_once.epoch_records().size() == 4);
  CHECK(in_pieces.epoch_records().size() == 4);
  CHECK(at_once.epoch_records().back().samples == kSamples);
  CHECK(at_once.epoch_records().back().tally.confusion == in_pieces.epoch_records().back().tally.confusion);
}

TEST_CASE("an interrupted training stops and says so") {
  const Digits digits = make_digits(28);
  TrainingOptions options = options_for(CrossEntropy{}, 0);
  options.record_every = 0;
  Network network = make_network(28, false);
  Trainer trainer(network, as_bytes(digits, 28), {}, options);
  CHECK_FALSE(trainer.run(1'000'000'000, [](std::int64_t) { return false; }));
  CHECK(trainer.state().step < 1'000'000'000);
}

}  // namespace digitcompress

#ifndef __SANITIZE_ADDRESS__  // which has its own, and checks that they pair
void* operator new(std::size_t size) { return digitcompress::counted(size, alignof(std::max_align_t)); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return digitcompress::counted(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
#endif
