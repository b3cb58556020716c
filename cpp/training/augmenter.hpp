#pragma once
#include <cstdint>
#include <vector>

#include "core/images.hpp"
#include "core/shape.hpp"
#include "training/augmentation.hpp"

namespace digitcompress {

// Where changed images go: the pointer of the source's kind is used. Row i takes the i-th image, or the image's own row of the source.
struct AugmentedRows {
  std::uint8_t* bytes = nullptr;
  float* floats = nullptr;
  bool keeps_rows = false;
};

// Changes images at random, the changes one after the other; what happens to an image depends on the seed, the epoch and its row in the
// source alone. Works without allocating.
class Augmenter {
 public:
  Augmenter(std::vector<Augmentation> sequence, const Shape& shape, std::uint64_t seed, int threads);
  ~Augmenter();

  // Rows order[0 … count - 1] of the source (null: 0 … count - 1).
  void run(const Images& source, const std::uint32_t* order, std::int64_t count, std::uint64_t epoch, const AugmentedRows& output);

 private:
  struct Scratch {
    explicit Scratch(const Shape& shape)
        : warp(shape.height, shape.width),
          displacement(shape.height, shape.width),
          source(shape.height, shape.width),
          values(warp.lanes()) {}
    Warp warp;
    Displacement displacement;
    BorderedImage source;
    AlignedVector<Lane> values;
  };

  void change(const Images& source, std::int64_t sample, const Random& random, Scratch& scratch, const AugmentedRows& output,
              std::int64_t row) const;

  std::vector<Augmentation> sequence_;
  Shape shape_;
  std::uint64_t seed_;
  std::vector<Scratch> scratch_;  // one a task
};

}  // namespace digitcompress
