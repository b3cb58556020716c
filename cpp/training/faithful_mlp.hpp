#pragma once
#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

#include "core/field.hpp"
#include "core/progress.hpp"

// The published loss × compression study's own arithmetic, in float64: a perceptron with ReLU and softmax, full-batch gradient descent, and
// what its NumPy listings do to weights, activations and gradients. The trainer of training/trainer.hpp does the same jobs correctly.
namespace digitcompress {

// Each departure of the source from the textbook that can be switched, on as in the source; no other list of them is kept. Three are no
// switches, because doing otherwise is what the correct mode is: one scale 2^bits - 1 for every tensor, saturating at ±1; the focal loss
// counts all classes instead of the label's; the hinge loss compares probabilities instead of logits. A fourth has no effect: the source
// quantizes its gradients again in the update, and that changes no value as long as codes are divided by the scale, not multiplied by its
// reciprocal.
struct FaithfulQuirks {
  bool loss_ignored = true;
  bool scalar_bias_gradient = true;
  bool truncation = true;
  bool float_backward = true;
  bool float_storage = true;
  bool regrowth = true;
  bool plain_softmax = true;
  bool infinite_loss = true;

  static constexpr auto fields() {
    using Q = FaithfulQuirks;
    return std::tuple{
        Field{"loss_ignored", &Q::loss_ignored,
              "The named losses are only reported; the gradient is always that of p - onehot. Off: that of the chosen loss as the source "
              "reports it."},
        Field{"scalar_bias_gradient", &Q::scalar_bias_gradient,
              "All biases of a layer move by one number, the sum of the gradient over units and samples. Off: one gradient for each unit."},
        Field{"truncation", &Q::truncation,
              "Codes are rounded toward zero, so whatever is below one step, like gradients below 1/255, vanishes. Off: to nearest, halves "
              "to even."},
        Field{"float_backward", &Q::float_backward,
              "The backward pass multiplies by the float weights and activations, whose codes the forward pass used. Off: by those codes."},
        Field{"float_storage", &Q::float_storage,
              "Only the codes of the weights are used, but the weights are stored in float. Off: stored values are put on the grid after "
              "each update."},
        Field{
            "regrowth", &Q::regrowth,
            "The dense gradient step follows the mask, so that masked weights have regrown when they are next used. Off: they stay zero."},
        Field{"plain_softmax", &Q::plain_softmax,
              "Softmax divides plain exponentials; logits above 709 give NaN. Off: the largest logit is subtracted first."},
        Field{"infinite_loss", &Q::infinite_loss,
              "A reported loss takes the logarithm of 0 and is infinite. Off: probabilities are taken to be at least 2.2e-308."}};
  }
};

// W1, b1, W2, b2, …: layer l maps widths[l] features to widths[l + 1].
struct FaithfulWeights {
  std::vector<int> widths;
  std::vector<std::vector<double>> weights, biases;  // weights row by row, one row for each output

  [[nodiscard]] int layers() const { return static_cast<int>(widths.size()) - 1; }
  [[nodiscard]] int classes() const { return widths.back(); }
};

// Borrowed images, one row each, as bytes (value / 255) or as they are; exactly one pointer is set unless there are no images.
struct FaithfulImages {
  const std::uint8_t* bytes = nullptr;
  const double* reals = nullptr;
  const std::int64_t* labels = nullptr;
  std::int64_t count = 0;
  int features = 0;
};

// A loss as the source reports it for probabilities p: `value` is summed over the samples and divided by their number, and by that of the
// classes where `over_classes`. `slope` gives the derivative of `value` with respect to each probability.
struct SourceLoss {
  const char* name;
  bool over_classes;
  double (*value)(std::span<const double> p, std::int64_t label);
  void (*slope)(std::span<const double> p, std::int64_t label, std::span<double> slopes);
};
[[nodiscard]] std::span<const SourceLoss> source_losses();

struct FaithfulOptions {
  double learning_rate = 0.1;
  std::int64_t iterations = 1;
  bool quantized = false, pruned = false;
  int bits = 8;                   // codes run from -(2^bits - 1) to 2^bits - 1
  double rate = 0.1;              // share of each layer's weights masked before an update
  double gradient_samples = 0.0;  // the m of 1/m; 0: the number of images
  std::int64_t record_every = 10;
  std::vector<std::int64_t> checkpoints;  // numbers of updates after which the weights are kept too, ascending
  int threads = 0;
  FaithfulQuirks quirks;
  const SourceLoss* loss = source_losses().data();  // used only without the quirk loss_ignored
};

// What a forward pass counted: [true class][predicted class], and for each source loss and true class the sum over samples.
struct FaithfulTally {
  explicit FaithfulTally(int class_count = 0);
  void add(const FaithfulTally& other);

  int classes;
  std::vector<std::int64_t> confusion;
  std::vector<double> losses;  // [source loss][true class]
};

struct FaithfulRecord {
  std::int64_t iteration = 0;  // counted with the forward pass of this iteration, before its update
  FaithfulTally tally;
};

struct FaithfulCheckpoint {
  std::int64_t iteration = 0;  // updates done
  FaithfulWeights weights;
  FaithfulTally dev;  // of the dev images with these weights
};

struct FaithfulResult {
  FaithfulCheckpoint last;
  std::vector<FaithfulCheckpoint> checkpoints;
  std::vector<FaithfulRecord> records;
  bool interrupted = false;
};

// Trains from `start` on `train`; `dev` may be empty. When stopped, the result is that of the last whole iteration.
// The bits of the result do not depend on the number of threads.
[[nodiscard]] FaithfulResult faithful_train(const FaithfulImages& train, const FaithfulImages& dev, const FaithfulWeights& start,
                                            const FaithfulOptions& options, Progress progress);

// Softmax outputs, [image][class]; quantized as in training when the options say so.
[[nodiscard]] std::vector<double> faithful_probabilities(const FaithfulImages& images, const FaithfulWeights& weights,
                                                         const FaithfulOptions& options);

// The percentile 100 · rate of |values| by NumPy's default method, to the last bit.
[[nodiscard]] double magnitude_percentile(std::span<const double> values, double rate);

}  // namespace digitcompress
