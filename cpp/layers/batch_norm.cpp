#include "layers/batch_norm.hpp"

#include <cmath>

namespace digitcompress {
namespace {

// The summary's rows, one number for each channel.
enum Row { kMean, kInverse, kGradientMean, kGradientDot };

float& summary(const Tile& tile, Row row, int channel) { return tile.summary[row * tile.output.channels + channel]; }

int places(const Tile& tile) { return tile.output.height * tile.output.width; }
double values_a_channel(const Tile& tile) { return static_cast<double>(tile.samples) * places(tile); }

// Calls use(group, channel, first lane of the plane).
template <class Use>
void for_planes(const Tile& tile, const Use& use) {
  const int channels = tile.output.channels;
  for (int g = 0; g < tile.groups; g++) {
    for (int c = 0; c < channels; c++) use(g, c, (static_cast<std::ptrdiff_t>(g) * channels + c) * places(tile));
  }
}

// Saves the sums over a plane of first(i) and second(i), without the lanes that hold no sample of their own.
template <class First, class Second>
void save_sums(const Tile& tile, int group, int channel, const First& first, const Second& second) {
  Lane a{}, b{};
  for (int i = 0; i < places(tile); i++) a += first(i), b += second(i);
  const IntLane mask = lane_mask(tile, group);
  Lane* saved = tile.saved + (static_cast<std::ptrdiff_t>(group) * tile.output.channels + channel) * 2;
  saved[0] = mask ? a : Lane{}, saved[1] = mask ? b : Lane{};
}

struct Sums {
  double first = 0.0, second = 0.0;
};

Sums total(const Tile& batch, int channel) {
  Sums sums;
  for (int g = 0; g < batch.groups; g++) {
    const Lane* saved = batch.saved + (static_cast<std::ptrdiff_t>(g) * batch.output.channels + channel) * 2;
    sums.first += static_cast<double>(sum(saved[0])), sums.second += static_cast<double>(sum(saved[1]));
  }
  return sums;
}

}  // namespace

// The running mean is close to the batch's and is taken off first, so that the variance does not cancel.
void BatchNorm::collect(const Tile& tile, Lane* input) const {
  for_planes(tile, [&](int g, int c, std::ptrdiff_t plane) {
    if (tile.rectifier != nullptr) tile.rectifier->forward(input + plane, places(tile));
    const float shift = tile.parameters[2][c];
    const auto shifted = [&](int i) { return input[plane + i] - shift; };
    save_sums(tile, g, c, shifted, [&](int i) { return shifted(i) * shifted(i); });
  });
}

void BatchNorm::conclude(const Tile& batch) const {
  for (int c = 0; c < batch.output.channels; c++) {
    const Sums sums = total(batch, c);
    const double mean = sums.first / values_a_channel(batch), variance = std::max(0.0, sums.second / values_a_channel(batch) - mean * mean);
    summary(batch, kMean, c) = static_cast<float>(mean + static_cast<double>(batch.parameters[2][c]));
    summary(batch, kInverse, c) = static_cast<float>(1.0 / std::sqrt(variance + static_cast<double>(epsilon)));
  }
}

void BatchNorm::forward(const Tile& tile, const Lane* input, Lane* output) const {
  for_planes(tile, [&](int, int c, std::ptrdiff_t plane) {
    const bool trains = tile.is_training();
    const float mean = trains ? summary(tile, kMean, c) : tile.parameters[2][c];
    const float inverse = trains ? summary(tile, kInverse, c) : 1.0f / std::sqrt(tile.parameters[3][c] + epsilon);
    const float scale = tile.parameters[0][c] * inverse, shift = tile.parameters[1][c];
    for (int i = 0; i < places(tile); i++) output[plane + i] = (input[plane + i] - mean) * scale + shift;
  });
}

void BatchNorm::collect_gradient(const Tile& tile, const Lane* input, const Lane* output_gradient) const {
  for_planes(tile, [&](int g, int c, std::ptrdiff_t plane) {
    const float mean = summary(tile, kMean, c);
    save_sums(
        tile, g, c, [&](int i) { return output_gradient[plane + i]; },
        [&](int i) { return output_gradient[plane + i] * (input[plane + i] - mean); });
  });
}

void BatchNorm::conclude_gradient(const Tile& batch) const {
  for (int c = 0; c < batch.output.channels; c++) {
    const Sums sums = total(batch, c);
    summary(batch, kGradientMean, c) = static_cast<float>(sums.first / values_a_channel(batch));
    summary(batch, kGradientDot, c) =
        static_cast<float>(sums.second * static_cast<double>(summary(batch, kInverse, c)) / values_a_channel(batch));
  }
}

// Block by block, because the gradient may replace the input, which the rectifier still has to see.
void BatchNorm::backward(const Tile& tile, const Lane* input, const Lane*, const Lane* output_gradient, Lane* input_gradient) const {
  constexpr int kBlock = 64;
  for_planes(tile, [&](int g, int c, std::ptrdiff_t plane) {
    const float mean = summary(tile, kMean, c), inverse = summary(tile, kInverse, c), scale = tile.parameters[0][c] * inverse;
    const float offset = summary(tile, kGradientMean, c), slope = summary(tile, kGradientDot, c) * inverse;
    const IntLane mask = lane_mask(tile, g);
    for (int first = 0; first < places(tile); first += kBlock) {
      const int count = std::min(kBlock, places(tile) - first);
      const Lane *x = input + plane + first, *above = output_gradient + plane + first;
      Lane block[kBlock];
      for (int i = 0; i < count; i++) {
        const Lane gradient = scale * (above[i] - offset - (x[i] - mean) * slope);
        block[i] = mask ? gradient : Lane{};
      }
      if (tile.rectifier != nullptr) tile.rectifier->backward(x, block, count);
      std::copy_n(block, count, input_gradient + plane + first);
    }
  });
}

void BatchNorm::parameter_gradient(const Tile& tile, int, const Lane*, const Lane*, float* const* gradients, bool accumulate) const {
  const auto count = static_cast<float>(values_a_channel(tile));
  for (int c = 0; c < tile.output.channels; c++) {
    gradients[0][c] = (accumulate ? gradients[0][c] : 0.0f) + summary(tile, kGradientDot, c) * count;
    gradients[1][c] = (accumulate ? gradients[1][c] : 0.0f) + summary(tile, kGradientMean, c) * count;
  }
}

void BatchNorm::learn(const Tile& batch, float* const* stored) const {
  const double count = values_a_channel(batch), unbiased = count > 1.0 ? count / (count - 1.0) : 1.0;
  for (int c = 0; c < batch.output.channels; c++) {
    const double inverse = summary(batch, kInverse, c), variance = 1.0 / (inverse * inverse) - static_cast<double>(epsilon);
    stored[2][c] += momentum * (summary(batch, kMean, c) - stored[2][c]);
    stored[3][c] += momentum * (static_cast<float>(variance * unbiased) - stored[3][c]);
  }
}

}  // namespace digitcompress
