"""What each figure shows, in a sentence or two."""

CAPTIONS = {
    "figure_01_accuracy": (
        "Figure 1. Training accuracy of the classical network against the iterations, one colour for each learning rate. The source's "
        "classical listing prunes a share of the weights before every update: the dashed lines. Hollow markers are the published "
        "accuracies on the development images."
    ),
    "figure_02_loss": ("Figure 2. Mean training loss (cross entropy) of the classical network against the iterations, before each update."),
    "figure_03_precision": (
        "Figure 3. Training precision of each digit against the iterations, classical network at learning rate 0.1: of the images called "
        "this digit, the share that is. The digits stand at the right ends of their curves, in the order of the last values."
    ),
    "figure_04_recall": (
        "Figure 4. Training recall of each digit against the iterations, classical network at learning rate 0.1: of the images of this "
        "digit, the share that was found."
    ),
    "figure_05_quantized_learning_rate": (
        "Figure 5. Accuracy of the quantized network against the learning rate, at the longest run of each. In the faithful panel all "
        "losses are one point, because none of them reaches the source's gradient: the hollow, published points scatter by their random "
        "starts alone. Points are moved sideways a little so that none hides another."
    ),
    "figure_06_quantized_iterations": (
        "Figure 6. Accuracy of the quantized network against the iterations: lines for the training images, filled markers for our "
        "development images, hollow ones for the published accuracies. Where a faithful curve stalls or falls back, gradients "
        "below one step of the grid vanish and activations saturate at 1."
    ),
    "figure_07_pruned_iterations": (
        "Figure 7. Accuracy of the pruned network against the iterations: lines for the training images, filled markers for our "
        "development images, hollow ones for the published accuracies."
    ),
    "figure_08_pruned_learning_rate": "Figure 8. Accuracy of the pruned network against the learning rate, at the longest run of each.",
    "figure_09_table": (
        "Figure 9. The published table with ours beside it: accuracy on the development images in percent. The classical row appears "
        "twice: as its listing runs, which prunes, and never pruned."
    ),
    "figure_10_quantized_and_pruned": (
        "Figure 10. Accuracy of the quantized and of the pruned network over the five settings. Lines and filled markers are ours, "
        "hollow markers are published."
    ),
    "predictions": (
        "Single predictions. One development image of each digit, and the probabilities that the float, the quantized and the pruned "
        "network give its classes, at learning rate 0.1 after the longest run. Blue is the true digit; a wrong prediction is hatched."
    ),
}
SEVERAL_SEEDS = " Lines are means over the seeds, bands and bars their range."

# Those that are switches are described where they are switched, in the core.
FURTHER_QUIRKS = (
    """One fixed grid serves weights, activations and gradients and saturates at ±1; its codes take one bit more than their name says.""",
    """The quantized listings divide gradients by the number of all images, those of the development set included.""",
    """The listing of the classical network prunes like that of the pruned one.""",
    """The reported focal loss counts every class instead of the label's; the reported hinge loss compares probabilities, not logits.""",
)
