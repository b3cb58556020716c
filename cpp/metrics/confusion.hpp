#pragma once
#include <algorithm>
#include <cstdint>
#include <vector>

namespace digitcompress {

// What a pass over labelled images adds up: counts [true class][predicted class] and the loss of each true class.
struct Tally {
  explicit Tally(int class_count)
      : classes(class_count),
        confusion(static_cast<std::size_t>(class_count * class_count)),
        class_loss(static_cast<std::size_t>(class_count)) {}

  void add(const Tally& other) {
    for (std::size_t i = 0; i < confusion.size(); i++) confusion[i] += other.confusion[i];
    for (std::size_t i = 0; i < class_loss.size(); i++) class_loss[i] += other.class_loss[i];
    loss += other.loss;
  }

  void clear() {
    std::fill(confusion.begin(), confusion.end(), 0);
    std::fill(class_loss.begin(), class_loss.end(), 0.0);
    loss = 0.0;
  }

  [[nodiscard]] std::int64_t correct() const {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < confusion.size(); i += static_cast<std::size_t>(classes) + 1) sum += confusion[i];
    return sum;
  }

  int classes;
  std::vector<std::int64_t> confusion;
  std::vector<double> class_loss;  // sums, without sample weights
  double loss = 0.0;               // sum, with sample weights
};

}  // namespace digitcompress
