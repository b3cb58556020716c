#include "layers/winograd.hpp"

#include <algorithm>
#include <cstdint>

#include "layers/tap_product.hpp"
#include "layers/winograd_squares.hpp"

namespace digitcompress {
namespace winograd {
namespace {

constexpr int kSkew = 5;  // planes of a power of two would fall on the same lines of the cache

// Values at the points: [point][channel][item].
struct Planes {
  Lane* lanes = nullptr;
  std::ptrdiff_t plane = 0;

  [[nodiscard]] Lane* at(int point, int channel, int item) const { return lanes + point * plane + channel * kTogether + item; }
};

// Memory of a thread, kept for its next call.
struct Scratch {
  AlignedVector<float> weights;
  AlignedVector<Lane> small, large;
  TapPlan plan;
};
thread_local Scratch scratch;

Planes planes(AlignedVector<Lane>& memory, int channels) {
  const std::ptrdiff_t plane = static_cast<std::ptrdiff_t>(channels) * kTogether + kSkew;
  if (memory.size() < static_cast<std::size_t>(kArea * plane)) memory.resize(static_cast<std::size_t>(kArea * plane));
  return {memory.data(), plane};
}

// Some of the weights.
struct Range {
  int first, count;
};

// Weights at the points, [point][output][channel].
struct PointWeights {
  const float* first;
  std::ptrdiff_t width, plane;  // from an output to the next, and from a point
};

// Weights of neighbouring channels; zeros where there are no more.
Lane neighbours(const float* first, std::ptrdiff_t step, int count) {
  Lane values{};
  if (step == 1)
    load_lanes(values, first, count);
  else
    for (int i = 0; i < count; i++) values[i] = first[i * step];
  return values;
}

// Neighbouring channels ride in the lanes.
template <int kKernel>
PointWeights transform_weights(const WindowProblem& problem, const float* weights, const Range& outputs, const Range& channels) {
  const std::ptrdiff_t width = (channels.count + kLanes - 1) / kLanes * kLanes, plane = outputs.count * width;
  AlignedVector<float>& memory = scratch.weights;
  if (memory.size() < static_cast<std::size_t>(kArea * plane)) memory.resize(static_cast<std::size_t>(kArea * plane));
  const KernelLayout& layout = problem.layout;
  for (int o = 0; o < outputs.count; o++) {
    for (int c = 0; c < channels.count; c += kLanes) {
      const float* first = weights + (outputs.first + o) * layout.output + (channels.first + c) * layout.channel;
      const int count = std::min(kLanes, channels.count - c);
      const Square<kPoints, Lane> values{reinterpret_cast<Lane*>(memory.data() + o * width + c), plane / kLanes};
      transform<EvaluateKernel<kKernel>>(
          [&](int x, auto& column) {
            for (int y = 0; y < kKernel; y++) column[y] = neighbours(first + (y * kKernel + x) * layout.tap, layout.channel, count);
          },
          [&](int y, auto& row) { values.write(y, row); });
    }
  }
  return {memory.data(), width, plane};
}

// How many channels are summed up at a time: as many as have weights that stay in the second-level cache until they have been used.
int channels_together(int count, int summands) {
  constexpr int kMostPairs = 4608;
  return std::clamp(kMostPairs / summands / kLanes * kLanes, kLanes, std::max(kLanes, count));
}

// Each item reads all channels. They are the taps of one, because taps are the innermost loop.
void fill_plan(TapPlan& plan, int channels, std::ptrdiff_t weight_step) {
  plan.taps.resize(static_cast<std::size_t>(channels));
  for (int c = 0; c < channels; c++) {
    plan.taps[static_cast<std::size_t>(c)] = {c * kTogether, static_cast<std::int32_t>(c * weight_step)};
  }
  plan.runs.resize(1);
  plan.runs[0].taps = channels;
}

// The products of all points; `weight_plane` leads from the weights of one to those of the next.
void multiply(TapProduct product, std::ptrdiff_t weight_plane, int items, const Planes& from, const Planes& to) {
  scratch.plan.runs[0].count = items;
  product.plan = &scratch.plan;
  product.output_plane = kTogether;
  for (int point = 0; point < kArea; point++, product.weights += weight_plane) {
    tap_product(product, 1, from.at(point, 0, 0), to.at(point, 0, 0));
  }
}

// Both directions of a window: sums over the channels of one side, for those of the other.
template <int kKernel>
class Product {
  static constexpr int kSide = Squares<kKernel>::kSide;

 public:
  Product(const WindowProblem& problem, int groups, const float* weights)
      : problem_(problem), weights_(weights), grid_(problem.sides), groups_(groups) {}

  void forward(const float* bias, const Lane* large, Lane* small) const {
    const auto load = [&](int c, int item, const Square<kPoints, Lane>& values) {
      const auto image = grid_.larger_square(large + grid_.group(item) * problem_.large_group, c, item);
      image.prefetch(grid_.larger_plane());
      transform<Spread>([&](int x, auto& column) { image.read(x, column); }, [&](int y, auto& row) { values.write(y, row); });
    };
    const auto store = [&](int o, int item, const Square<kPoints, const Lane>& values) {
      const Lane start = broadcast(bias == nullptr ? 0.0f : bias[o]);
      const auto image = grid_.smaller_square(small + grid_.group(item) * problem_.small_group, o, item);
      transform<Collect<kSide>>(
          [&](int x, auto& column) { values.read(x, column); },
          [&](int y, auto& row) { image.write(y, row, [&](int, Lane& place, const Lane& value) { place = value + start; }); });
    };
    const auto weigh = [&](const Range& outputs, TapProduct& product) {
      const PointWeights weights = transform_weights<kKernel>(problem_, weights_, outputs, {0, problem_.channels});
      product.weights = weights.first, product.output_stride = weights.width, product.channel_stride = 1;
      return weights.plane;
    };
    run({scratch.large, problem_.channels}, {scratch.small, problem_.outputs}, load, weigh, store);
  }

  void transposed(const Lane* small, Lane* large) const {
    const auto load = [&](int o, int item, const Square<kPoints, Lane>& values) {
      const auto image = grid_.smaller_square(small + grid_.group(item) * problem_.small_group, o, item);
      image.prefetch(grid_.smaller_plane());
      transform<Evaluate<kSide>>([&](int x, auto& column) { image.read(x, column); }, [&](int y, auto& row) { values.write(y, row); });
    };
    const auto store = [&](int c, int item, const Square<kPoints, const Lane>& values) {
      const auto image = grid_.larger_square(large + grid_.group(item) * problem_.large_group, c, item);
      const auto add = [&](int y, auto& row) {
        const int shared = grid_.shared_places(item, y);
        image.write(y, row, [&](int x, Lane& place, const Lane& value) {
          if (x < shared)
            place += value;
          else
            place = value;
        });
      };
      transform<Gather>([&](int x, auto& column) { values.read(x, column); }, add);
    };
    const auto weigh = [&](const Range& channels, TapProduct& product) {
      const PointWeights weights = transform_weights<kKernel>(problem_, weights_, {0, problem_.outputs}, channels);
      product.weights = weights.first, product.output_stride = 1, product.channel_stride = weights.width;
      return weights.plane;
    };
    run({scratch.small, problem_.outputs}, {scratch.large, problem_.channels}, load, weigh, store);
  }

 private:
  struct Side {
    AlignedVector<Lane>& memory;
    int channels;
  };

  // Some squares at a time: load(channel, item, values) takes them to the points, weigh(range, product) gives the weights of some channels
  // and how far apart points are, store(channel, item, values) takes sums back.
  template <class Load, class Weigh, class Store>
  void run(const Side& source, const Side& target, const Load& load, const Weigh& weigh, const Store& store) const {
    const int together = channels_together(target.channels, source.channels), all = groups_ * grid_.count;
    const Planes from = planes(source.memory, source.channels), to = planes(target.memory, together);
    TapProduct product{.channels = 1};
    std::ptrdiff_t weight_plane = 0;
    for (int first = 0; first < all; first += kTogether) {
      const int items = std::min(kTogether, all - first);
      for (int c = 0; c < source.channels; c++) {
        for (int i = 0; i < items; i++) load(c, first + i, {from.at(0, c, i), from.plane});
      }
      for (int t = 0; t < target.channels; t += together) {
        product.outputs = std::min(together, target.channels - t);
        if (first == 0 || together < target.channels) {
          weight_plane = weigh({t, product.outputs}, product);
          fill_plan(scratch.plan, source.channels, product.channel_stride);
        }
        multiply(product, weight_plane, items, from, to);
        for (int c = 0; c < product.outputs; c++) {
          for (int i = 0; i < items; i++) store(t + c, first + i, {to.at(0, c, i), to.plane});
        }
      }
    }
  }

  const WindowProblem& problem_;
  const float* weights_;
  Squares<kKernel> grid_;
  int groups_;
};

// Products of kernel places and image places along one axis that are not with padding.
int products_along(const Window& window, int smaller, int larger) {
  int products = 0;
  for (int k = 0; k < window.kernel; k++) {
    const Interval places = window.valid_places(k, smaller, larger);
    products += places.stop - places.first;
  }
  return products;
}

// Measured against a product in a plain sum: one at a point, and taking a square to the points and back, of each channel on both sides.
// Layers of 3 × 3 that come into question have many channels, and their squares wait for memory; those of 5 × 5 have few.
template <int kKernel>
bool pays(const WindowProblem& problem) {
  constexpr double kProduct = 1.3, kTransforms = kKernel == 3 ? 600 : 250;
  const auto& [window, smaller, larger] = problem.sides;
  const double pairs = static_cast<double>(problem.outputs) * problem.channels;
  const double plain = pairs * products_along(window, smaller.height, larger.height) * products_along(window, smaller.width, larger.width);
  const double square = pairs * kArea * kProduct + kTransforms * (problem.outputs + problem.channels);
  return Squares<kKernel>(problem.sides).count * square < plain;
}

// Calls use.operator()<kernel>().
template <class Use>
void with_kernel(const WindowProblem& problem, const Use& use) {
  if (problem.sides.window.kernel == 3)
    use.template operator()<3>();
  else
    use.template operator()<5>();
}

}  // namespace
}  // namespace winograd

bool winograd_pays(const WindowProblem& problem) {
  const Window& window = problem.sides.window;
  if (window.stride != 1 || (window.kernel != 3 && window.kernel != 5)) return false;
  bool pays = false;
  winograd::with_kernel(problem, [&]<int kKernel>() { pays = winograd::pays<kKernel>(problem); });
  return pays;
}

void winograd_product(const WindowProblem& problem, int groups, const float* weights, const float* bias, const Lane* large, Lane* small) {
  winograd::with_kernel(problem, [&]<int kKernel>() { winograd::Product<kKernel>(problem, groups, weights).forward(bias, large, small); });
}

void winograd_transpose(const WindowProblem& problem, int groups, const float* weights, const Lane* small, Lane* large) {
  winograd::with_kernel(problem, [&]<int kKernel>() { winograd::Product<kKernel>(problem, groups, weights).transposed(small, large); });
}

}  // namespace digitcompress
