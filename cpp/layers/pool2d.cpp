#include "layers/pool2d.hpp"

#include <algorithm>

namespace digitcompress {
namespace {

// Calls use(channel's input, channel's output, place) for each window of a tile.
template <class Use>
void for_windows(const Tile& tile, const Window& window, const Use& use) {
  const int input_plane = tile.input().height * tile.input().width, output_plane = tile.output.height * tile.output.width;
  for (std::ptrdiff_t plane = 0; plane < static_cast<std::ptrdiff_t>(tile.groups) * tile.output.channels; plane++) {
    for_pool_places(window, tile.input(), tile.output,
                    [&](const PoolPlace& place) { use(plane * input_plane + place.input, plane * output_plane + place.output, place); });
  }
}

template <class Use>
inline void for_window(const PoolPlace& place, int width, const Use& use) {
  for (int row = 0; row < place.row_end; row++) {
    for (int column = 0; column < place.column_end; column++) use(row * width + column);
  }
}

void clear_input_gradient(const Tile& tile, Lane* input_gradient) {
  std::fill_n(input_gradient, static_cast<std::ptrdiff_t>(tile.groups) * tile.input().count(), Lane{});
}

// Windows of kSide × kSide places side by side, the usual ones: their loops are the compiler's to unroll.
template <int kSide>
struct SeparateWindows {
  explicit SeparateWindows(const Tile& tile) : input_(tile.input()), output_(tile.output), planes_(tile.groups * tile.output.channels) {
    for (int i = 0; i < kSide * kSide; i++) offsets_[i] = IntLane{} + offset(i);
  }

  // Calls use(place of the window's first input, place of the output).
  template <class Use>
  void for_each(const Use& use) const {
    std::ptrdiff_t to = 0;
    for (std::ptrdiff_t plane = 0; plane < planes_; plane++) {
      std::ptrdiff_t row = plane * input_.height * input_.width;
      for (int y = 0; y < output_.height; y++, row += kSide * input_.width) {
        for (int x = 0; x < output_.width; x++) use(row + x * kSide, to++);
      }
    }
  }

  void forward(const Lane* input, Lane* output, IntLane* saved) const {
    for_each([&](std::ptrdiff_t from, std::ptrdiff_t to) {
      Lane highest = input[from];
      IntLane where{};
#pragma GCC unroll 16
      for (int i = 1; i < kSide * kSide; i++) {
        const Lane x = input[from + offset(i)];
        const IntLane larger = x > highest || x != x;  // a NaN stays visible
        where = larger ? offsets_[i] : where;
        highest = larger ? x : highest;
      }
      output[to] = highest;
      if (saved != nullptr) saved[to] = where;
    });
  }

  void backward(const IntLane* saved, const Lane* output_gradient, Lane* input_gradient) const {
    for_each([&](std::ptrdiff_t to, std::ptrdiff_t from) {
      const Lane gradient = output_gradient[from];
      const IntLane where = saved[from];
#pragma GCC unroll 16
      for (int i = 0; i < kSide * kSide; i++) input_gradient[to + offset(i)] = where == offsets_[i] ? gradient : Lane{};
    });
    clear_rest(input_gradient);
  }

 private:
  [[nodiscard]] int offset(int i) const { return i / kSide * input_.width + i % kSide; }

  // Rows and columns that no window reaches.
  void clear_rest(Lane* gradient) const {
    const int rows = output_.height * kSide, columns = output_.width * kSide;
    for (std::ptrdiff_t plane = 0; plane < planes_; plane++, gradient += input_.height * input_.width) {
      for (int y = 0; y < rows; y++) std::fill(gradient + y * input_.width + columns, gradient + (y + 1) * input_.width, Lane{});
      std::fill(gradient + rows * input_.width, gradient + input_.height * input_.width, Lane{});
    }
  }

  Shape input_, output_;
  std::ptrdiff_t planes_;
  IntLane offsets_[kSide * kSide];
};

// Calls use(windows) if there is fast code for such windows, and tells whether there is.
template <class Use>
bool use_separate_windows(const Tile& tile, const Window& window, const Use& use) {
  const bool is_cut = tile.output.height * window.kernel > tile.input().height || tile.output.width * window.kernel > tile.input().width;
  if (window.stride != window.kernel || window.padding != 0 || is_cut) return false;
  if (window.kernel == 2) use(SeparateWindows<2>(tile));
  if (window.kernel == 3) use(SeparateWindows<3>(tile));
  return window.kernel == 2 || window.kernel == 3;
}

// Whether the windows cover every input exactly once.
bool is_partition(const Window& window, const Shape& input) {
  return window.stride == window.kernel && window.padding == 0 && input.height % window.kernel == 0 && input.width % window.kernel == 0;
}

}  // namespace

void MaxPool2d::forward(const Tile& tile, const Lane* input, Lane* output) const {
  const int width = tile.input().width;
  auto* saved = reinterpret_cast<IntLane*>(tile.saved);
  if (use_separate_windows(tile, window(), [&](const auto& windows) { windows.forward(input, output, saved); })) return;
  for_windows(tile, window(), [&](std::ptrdiff_t from, std::ptrdiff_t to, const PoolPlace& place) {
    Lane highest = input[from];
    IntLane where{};
    for_window(place, width, [&](int offset) {
      const Lane x = input[from + offset];
      const IntLane larger = x > highest || x != x;  // a NaN stays visible
      where = larger ? IntLane{} + offset : where;
      highest = larger ? x : highest;
    });
    output[to] = highest;
    if (saved != nullptr) saved[to] = where;
  });
}

void MaxPool2d::backward(const Tile& tile, const Lane*, const Lane*, const Lane* output_gradient, Lane* input_gradient) const {
  const int width = tile.input().width;
  const auto* saved = reinterpret_cast<const IntLane*>(tile.saved);
  if (use_separate_windows(tile, window(), [&](const auto& windows) { windows.backward(saved, output_gradient, input_gradient); })) return;
  clear_input_gradient(tile, input_gradient);
  for_windows(tile, window(), [&](std::ptrdiff_t to, std::ptrdiff_t from, const PoolPlace& place) {
    const Lane gradient = output_gradient[from];
    const IntLane where = saved[from];
    for_window(place, width, [&](int offset) { input_gradient[to + offset] += where == offset ? gradient : Lane{}; });
  });
}

void AvgPool2d::forward(const Tile& tile, const Lane* input, Lane* output) const {
  const float scale = 1.0f / static_cast<float>(kernel * kernel);
  for_windows(tile, window(), [&](std::ptrdiff_t from, std::ptrdiff_t to, const PoolPlace& place) {
    Lane total{};
    for_window(place, tile.input().width, [&](int offset) { total += input[from + offset]; });
    output[to] = total * scale;
  });
}

void AvgPool2d::backward(const Tile& tile, const Lane*, const Lane*, const Lane* output_gradient, Lane* input_gradient) const {
  const float scale = 1.0f / static_cast<float>(kernel * kernel);
  const bool overwrites = is_partition(window(), tile.input());
  if (!overwrites) clear_input_gradient(tile, input_gradient);
  for_windows(tile, window(), [&](std::ptrdiff_t to, std::ptrdiff_t from, const PoolPlace& place) {
    const Lane share = output_gradient[from] * scale;
    for_window(place, tile.input().width,
               [&](int offset) { input_gradient[to + offset] = overwrites ? share : input_gradient[to + offset] + share; });
  });
}

void GlobalAvgPool::forward(const Tile& tile, const Lane* input, Lane* output) const {
  const int plane = tile.input().height * tile.input().width;
  for (std::ptrdiff_t c = 0; c < static_cast<std::ptrdiff_t>(tile.groups) * tile.output.channels; c++) {
    Lane total{};
    for (int i = 0; i < plane; i++) total += input[c * plane + i];
    output[c] = total * (1.0f / static_cast<float>(plane));
  }
}

void GlobalAvgPool::backward(const Tile& tile, const Lane*, const Lane*, const Lane* output_gradient, Lane* input_gradient) const {
  const int plane = tile.input().height * tile.input().width;
  for (std::ptrdiff_t c = 0; c < static_cast<std::ptrdiff_t>(tile.groups) * tile.output.channels; c++) {
    const Lane share = output_gradient[c] * (1.0f / static_cast<float>(plane));
    std::fill_n(input_gradient + c * plane, plane, share);
  }
}

}  // namespace digitcompress
