"""What each figure shows, and what the source leaves open."""

CAPTIONS = {
    "figure_11_tsne_1000": (
        "Figure 11. The first 1,000 training images on a plane: t-SNE of their pixels, each image drawn as its digit. Nothing was trained "
        "with labels."
    ),
    "figure_12_tsne_50000": "Figure 12. The same for 50,000 training images, each a dot; the digit stands where its images are densest.",
    "tables_1_to_3_learning_rates": (
        "Tables 1 to 3 as a figure: accuracy after the short runs over the learning rate, training, validation and test. Hollow markers "
        "are published values."
    ),
    "figures_18_to_20_mlp": "Figures 18 to 20. Loss, training and validation accuracy of the perceptron in the long run.",
    "figures_21_to_23_googlenet": (
        "Figures 21 to 23. The same for GoogLeNet, which the source calls LeNet; the loss is that of the final classifier."
    ),
    "figures_24_to_26_resnet18": "Figures 24 to 26. The same for ResNet-18.",
    "curves_lenet5": "LeNet-5 with rectifiers and maxima, in the same run. The source has no such figure.",
    "curves_lenet5_described": (
        "LeNet-5 as the source describes it, with sigmoids and means, in the same run. The source has no such figure."
    ),
    "curves_of_all": (
        "All networks in one figure. Training accuracy and loss are means over the epoch, while the network is still learning; validation "
        "follows the epoch."
    ),
    "table_4": (
        "Table 4 with ours beside it. What the source's cross entropy was taken over it does not say; ours is the training loss of the "
        "last epoch."
    ),
    "figure_27_training_time": (
        "Figure 27. Seconds for the long run, validation after each epoch included; the source does not say on which machine it measured."
    ),
    "classification": "Precision and recall of each digit on the test images after the long run: the classification report as a figure.",
}

NOTES = (
    (
        "What the source calls LeNet is GoogLeNet. Its text describes LeNet-5 with sigmoids and means, of 61,706 parameters; its parameter "
        "table shows a GoogLeNet of 39.817 MB, which is one with a one-channel stem, ten classes and both auxiliary classifiers: 9,954,366 "
        "parameters."
    ),
    "The optimizer is not stated; ours is Adam, the default of the template that the program follows, at its default rate of 0.0002.",
    "The size of the validation split is not stated; ours is 10,000 of the 60,000 training images.",
    (
        "Text and tables of the source disagree in places: the text names ResNet-18 as the slowest, the table GoogLeNet; the text gives "
        "ResNet-18 98.3 % on the test images at the default rate, the table 99.2 %."
    ),
    "The listing takes batches of 256 on a graphics processor and of 64 without one; the text says 64 throughout, and so do we.",
)
