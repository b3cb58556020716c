#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "core/shape.hpp"
#include "training/augmenter.hpp"
#include "training/labelled_images.hpp"

namespace digitcompress {

// The data set that a training sees: the given one, or a copy whose rows are changed at random before they are used.
class AugmentedImages {
 public:
  AugmentedImages(const LabelledImages& source, const Shape& shape, const std::vector<Augmentation>& sequence, std::uint64_t seed,
                  int threads);

  [[nodiscard]] const LabelledImages& data() const { return data_; }

  // Changes the rows order[0 … count - 1] (null: 0 … count - 1) of data() for an epoch; nothing without augmentations.
  void change(const std::uint32_t* order, std::int64_t count, std::int64_t epoch);

 private:
  Images source_;
  std::optional<Augmenter> augmenter_;
  std::vector<std::uint8_t> bytes_;
  std::vector<float> floats_;
  LabelledImages data_;
};

}  // namespace digitcompress
