#include "core/blocks.hpp"
#include "layers/column_strip.hpp"
#include "layers/winograd.hpp"
#include "layers/winograd_squares.hpp"

namespace digitcompress {
namespace winograd {
namespace {

constexpr int kKernel = 3, kSide = Squares<kKernel>::kSide;

constexpr int kOutputs = 64;  // of a part: fewer, and transforming its channels would take longer than the products

// What a part owns: the weights of some outputs and of a strip of channels.
struct Share {
  int first_output, outputs, first_channel, channels;
};

int strips_of(const WindowProblem& problem) { return (problem.channels + kStripColumns - 1) / kStripColumns; }

Share share_of(const WindowProblem& problem, int part) {
  const int channel = part % strips_of(problem) * kStripColumns, output = part / strips_of(problem) * kOutputs;
  return {output, std::min(kOutputs, problem.outputs - output), channel, std::min(kStripColumns, problem.channels - channel)};
}

template <int kWide>
struct Work {
  StripRow<kWide> inputs[kArea][kTogether * kLanes];  // channels ride in the lanes, samples follow each other
  Lane gradients[kArea][kOutputs][kTogether];         // samples ride in the lanes
  Lane sums[kArea][kOutputs][kWide];                  // of the weights at the points
};

// Memory of a thread, kept for its next call.
template <int kWide>
Work<kWide>& work() {
  static thread_local AlignedVector<Lane> memory(sizeof(Work<kWide>) / sizeof(Lane));
  return *reinterpret_cast<Work<kWide>*>(memory.data());
}

template <int kWide>
void load_inputs(const WindowProblem& problem, const Share& share, int first, int items, const Lane* large, Work<kWide>& work) {
  const Squares<kKernel> grid(problem.sides);
  for (int i = 0; i < items; i++) {
    const Lane* images = large + grid.group(first + i) * problem.large_group;
    for (int v = 0; v < kWide; v++) {
      Lane values[kArea][kLanes];
      const int channels = std::clamp(share.channels - v * kLanes, 0, kLanes);
      for (int c = 0; c < channels; c++) {
        const auto image = grid.larger_square(images, share.first_channel + v * kLanes + c, first + i);
        const Square<kPoints, Lane> to{&values[0][c], kLanes};
        image.prefetch(grid.larger_plane());
        transform<Spread>([&](int x, auto& column) { image.read(x, column); }, [&](int y, auto& row) { to.write(y, row); });
      }
      for (int point = 0; point < kArea; point++) {
        std::fill(values[point] + channels, values[point] + kLanes, Lane{});
        transpose(values[point]);
        for (int lane = 0; lane < kLanes; lane++) work.inputs[point][i * kLanes + lane][v] = values[point][lane];
      }
    }
  }
}

template <int kWide>
void load_gradients(const WindowProblem& problem, const Share& share, int first, int items, const Lane* small, Work<kWide>& work) {
  const Squares<kKernel> grid(problem.sides);
  for (int o = 0; o < share.outputs; o++) {
    for (int i = 0; i < items; i++) {
      const Lane* images = small + grid.group(first + i) * problem.small_group;
      const auto image = grid.smaller_square(images, share.first_output + o, first + i);
      const Square<kPoints, Lane> to{&work.gradients[0][o][i], kOutputs * kTogether};
      image.prefetch(grid.smaller_plane());
      transform<Evaluate<kSide>>([&](int x, auto& column) { image.read(x, column); }, [&](int y, auto& row) { to.write(y, row); });
    }
  }
}

template <int kWide>
void add_products(int outputs, int items, bool is_first, Work<kWide>& work) {
  constexpr int kRows = (kVectorBytes == 64 ? 16 : 8) / kWide;
  for (int point = 0; point < kArea; point++) {
    for_blocks<kRows, 3, 2, 1>(0, outputs, [&]<int kBlock>(int o) {
      Lane sum[kBlock][kWide] = {};
      add_rows<kBlock, kWide>(work.inputs[point], items, work.gradients[point][o], {kTogether, 1}, sum);
#pragma GCC unroll 8
      for (int r = 0; r < kBlock; r++) {
#pragma GCC unroll 8
        for (int v = 0; v < kWide; v++) {
          Lane& to = work.sums[point][o + r][v];
          to = is_first ? sum[r][v] : to + sum[r][v];
        }
      }
    });
  }
}

template <int kWide>
void store(const WindowProblem& problem, const Share& share, const Work<kWide>& work, float* gradient, bool accumulate) {
  const KernelLayout& layout = problem.layout;
  for (int o = 0; o < share.outputs; o++) {
    for (int v = 0; v * kLanes < share.channels; v++) {
      const Square<kPoints, const Lane> from{&work.sums[0][o][v], kOutputs * kWide};
      const int count = share.channels - v * kLanes;
      float* to = gradient + (share.first_output + o) * layout.output + share.first_channel + v * kLanes;
      transform<CollectKernel<kKernel>>([&](int x, auto& column) { from.read(x, column); },
                                        [&](int y, auto& row) {
                                          for (int x = 0; x < kKernel; x++) {
                                            float* weights = to + (y * kKernel + x) * layout.tap;
                                            Lane before{};
                                            if (accumulate) load_lanes(before, weights, count);
                                            store_lanes(before + row[x], weights, count);
                                          }
                                        });
    }
  }
}

template <int kWide>
void run_share(const WindowProblem& problem, const Share& share, int groups, const Lane* small, const Lane* large, float* gradient,
               bool accumulate) {
  Work<kWide>& sums = work<kWide>();
  const int all = groups * Squares<kKernel>(problem.sides).count;
  for (int first = 0; first < all; first += kTogether) {
    const int items = std::min(kTogether, all - first);
    load_inputs(problem, share, first, items, large, sums);
    load_gradients(problem, share, first, items, small, sums);
    add_products(share.outputs, items, first == 0, sums);
  }
  store(problem, share, sums, gradient, accumulate);
}

}  // namespace
}  // namespace winograd

int winograd_gradient_parts(const WindowProblem& problem) {
  return winograd::strips_of(problem) * ((problem.outputs + winograd::kOutputs - 1) / winograd::kOutputs);
}

void winograd_gradient(const WindowProblem& problem, int part, int groups, const Lane* small, const Lane* large, float* gradient,
                       bool accumulate) {
  const winograd::Share share = winograd::share_of(problem, part);
  if (share.channels <= kStripColumns / 2)
    winograd::run_share<kStripVectors / 2>(problem, share, groups, small, large, gradient, accumulate);
  else
    winograd::run_share<kStripVectors>(problem, share, groups, small, large, gradient, accumulate);
}

}  // namespace digitcompress
