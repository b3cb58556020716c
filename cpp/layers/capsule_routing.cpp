#include "layers/capsule_routing.hpp"

#include <algorithm>
#include <cmath>

#include "core/vector.hpp"
#include "layers/squash.hpp"

namespace digitcompress {
namespace {

// The numbers of one group of samples, between forward and backward. Votes are [input capsule][output capsule][value].
struct Room {
  int inputs, capsules, size, vector;  // how many capsules, and of how many values: those put out, those read
  Lane *votes, *shares, *sums, *totals, *pulls;

  Room(const CapsuleRouting& layer, const Shape& input, Lane* first)
      : inputs(input.channels),
        capsules(layer.capsules),
        size(layer.size),
        vector(input.height * input.width),
        votes(first),
        shares(votes + static_cast<std::ptrdiff_t>(inputs) * capsules * size),
        sums(shares + static_cast<std::ptrdiff_t>(inputs) * capsules),
        totals(sums + static_cast<std::ptrdiff_t>(capsules) * size),
        pulls(totals + static_cast<std::ptrdiff_t>(capsules) * size) {}

  [[nodiscard]] Lane* vote(int i, int k) const { return votes + (static_cast<std::ptrdiff_t>(i) * capsules + k) * size; }
  [[nodiscard]] Lane& share(int i, int k) const { return shares[static_cast<std::ptrdiff_t>(i) * capsules + k]; }
  [[nodiscard]] std::ptrdiff_t bias(int i, int k) const { return static_cast<std::ptrdiff_t>(k) * inputs + i; }
  // Of the first value of the vector that capsule i puts in, and for the first value of k.
  [[nodiscard]] std::ptrdiff_t weight(int i, int k) const { return bias(i, k) * vector * size; }
  [[nodiscard]] float scale() const { return 1.0f / std::sqrt(static_cast<float>(size)); }
};

// to += factor · from
template <class Factor>
void add(Lane* to, const Factor& factor, const Lane* from, int size) {
  for (int e = 0; e < size; e++) to[e] += from[e] * factor;
}

void cast_votes(const Room& room, const float* weights, const Lane* input) {
  std::fill_n(room.sums, room.capsules * room.size, Lane{});
  for (int i = 0; i < room.inputs; i++, input += room.vector) {
    for (int k = 0; k < room.capsules; k++) {
      Lane* vote = room.vote(i, k);
      std::fill_n(vote, room.size, Lane{});
      const float* weight = weights + room.weight(i, k);
      for (int d = 0; d < room.vector; d++, weight += room.size) {
        for (int e = 0; e < room.size; e++) vote[e] += input[d] * weight[e];
      }
      add(room.sums + k * room.size, 1.0f, vote, room.size);
    }
  }
}

// Shares of one input capsule: a softmax over the output capsules of how its votes agree with the sums.
void share_out(const Room& room, int i) {
  Lane highest = broadcast(-1e30f), total{};
  for (int k = 0; k < room.capsules; k++) {
    room.share(i, k) = dot(room.vote(i, k), room.sums + k * room.size, room.size) * room.scale();
    highest = max(highest, room.share(i, k));
  }
  for (int k = 0; k < room.capsules; k++) total += room.share(i, k) = exp(room.share(i, k) - highest);
  for (int k = 0; k < room.capsules; k++) room.share(i, k) /= total;
}

// From the gradient of the totals to those of one input capsule's votes, but for what reaches them through the sums, and of its shares.
void vote_gradient(const Room& room, int i, const float* bias) {
  Lane mean{};
  for (int k = 0; k < room.capsules; k++) mean += room.share(i, k) * dot(room.vote(i, k), room.totals + k * room.size, room.size);
  for (int k = 0; k < room.capsules; k++) {
    Lane* vote = room.vote(i, k);
    const Lane *total = room.totals + k * room.size, *sum = room.sums + k * room.size;
    const Lane share = room.share(i, k), of_share = dot(vote, total, room.size);
    const Lane agreement = share * (of_share - mean) * room.scale(), weight = share + bias[room.bias(i, k)];
    add(room.pulls + k * room.size, agreement, vote, room.size);
    for (int e = 0; e < room.size; e++) vote[e] = weight * total[e] + agreement * sum[e];
    room.share(i, k) = of_share;
  }
}

// From the gradients of the votes of one input capsule to that of its vector.
void add_input_gradient(const Room& room, int i, const float* weights, Lane* to) {
  for (int k = 0; k < room.capsules; k++) {
    const Lane* vote = room.vote(i, k);
    const float* weight = weights + room.weight(i, k);
    for (int d = 0; d < room.vector; d++, weight += room.size) {
      for (int e = 0; e < room.size; e++) to[d] += vote[e] * weight[e];
    }
  }
}

}  // namespace

std::size_t CapsuleRouting::saved_lanes(const Shape& input) const {
  const auto outputs = static_cast<std::size_t>(capsules) * static_cast<std::size_t>(size),
             inputs = static_cast<std::size_t>(input.channels);
  return inputs * outputs + inputs * static_cast<std::size_t>(capsules) + 3 * outputs;
}

void CapsuleRouting::forward(const Tile& tile, const Lane* input, Lane* output) const {
  const std::size_t lanes = saved_lanes(tile.input());
  AlignedVector<Lane> own(tile.saved == nullptr ? lanes : 0);
  for (int g = 0; g < tile.groups; g++, input += tile.input().count(), output += tile.output.count()) {
    const Room room(*this, tile.input(), tile.saved == nullptr ? own.data() : tile.saved + static_cast<std::size_t>(g) * lanes);
    cast_votes(room, tile.parameters[0], input);
    std::fill_n(room.totals, capsules * size, Lane{});
    for (int i = 0; i < room.inputs; i++) {
      share_out(room, i);
      for (int k = 0; k < capsules; k++)
        add(room.totals + k * size, room.share(i, k) + tile.parameters[1][room.bias(i, k)], room.vote(i, k), size);
    }
    for (int k = 0; k < capsules; k++) squash(room.totals + k * size, size, output + k * size);
  }
}

void CapsuleRouting::prepare_gradient(const Tile& tile, const Lane* output_gradient) const {
  const std::size_t lanes = saved_lanes(tile.input());
  for (int g = 0; g < tile.groups; g++, output_gradient += tile.output.count()) {
    const Room room(*this, tile.input(), tile.saved + static_cast<std::size_t>(g) * lanes);
    for (int k = 0; k < capsules; k++) squash_gradient(room.totals + k * size, size, output_gradient + k * size, room.totals + k * size);
    std::fill_n(room.pulls, capsules * size, Lane{});
    for (int i = 0; i < room.inputs; i++) vote_gradient(room, i, tile.parameters[1]);
    for (int i = 0; i < room.inputs; i++) {
      for (int k = 0; k < capsules; k++) add(room.vote(i, k), 1.0f, room.pulls + k * size, size);
    }
  }
}

void CapsuleRouting::backward(const Tile& tile, const Lane*, const Lane*, const Lane*, Lane* input_gradient) const {
  const std::size_t lanes = saved_lanes(tile.input());
  std::fill_n(input_gradient, static_cast<std::ptrdiff_t>(tile.groups) * tile.input().count(), Lane{});
  for (int g = 0; g < tile.groups; g++) {
    const Room room(*this, tile.input(), tile.saved + static_cast<std::size_t>(g) * lanes);
    for (int i = 0; i < room.inputs; i++, input_gradient += room.vector) add_input_gradient(room, i, tile.parameters[0], input_gradient);
  }
}

void CapsuleRouting::parameter_gradient(const Tile& tile, int part, const Lane* input, const Lane*, float* const* gradients,
                                        bool accumulate) const {
  const auto lanes = static_cast<std::ptrdiff_t>(saved_lanes(tile.input()));
  const Room first(*this, tile.input(), tile.saved);
  const auto store = [&](float& gradient, auto of_group) {
    Lane total{};
    for (int g = 0; g < tile.groups; g++) total += of_group(g);
    gradient = (accumulate ? gradient : 0.0f) + sum(total);
  };
  for (int k = 0; k < capsules; k++) {
    store(gradients[1][first.bias(part, k)], [&](int g) { return (&first.share(part, k))[g * lanes]; });
    float* gradient = gradients[0] + first.weight(part, k);
    for (int d = 0; d < first.vector; d++, gradient += size) {
      const Lane* value = input + static_cast<std::ptrdiff_t>(part) * first.vector + d;
      for (int e = 0; e < size; e++)
        store(gradient[e],
              [&](int g) { return value[static_cast<std::ptrdiff_t>(g) * tile.input().count()] * first.vote(part, k)[g * lanes + e]; });
    }
  }
}

}  // namespace digitcompress
