"""What the report of the study says."""

from typing import TYPE_CHECKING

from digitcompress.studies._report import ReportPage, shown_facts
from digitcompress.studies.smallest._published import SMALLEST
from digitcompress.studies.smallest._search import MOST_PARAMETERS, TARGET_PARAMETERS
from digitcompress.studies.smallest._tables import tables

if TYPE_CHECKING:
    from digitcompress.studies.smallest._table import SmallestTable

CAPTIONS = {
    "accuracy_parameters": (
        "Accuracy on the test images against parameters; the upper end of the scale is stretched. Hollow markers are published, one run "
        "each. Filled ones are ours, means with their range over the random starts: trained as published, by our recipe, and the front "
        "that the search found."
    ),
    "epochs": (
        "Accuracy of the network of 707 parameters on validation images after each epoch: mean and range over the random starts. Our "
        "recipe lets the learning rate rise and then fall to nothing, so it is at its best at the end and not before."
    ),
    "search": (
        f"The search below {MOST_PARAMETERS:,} parameters. Each round trains longer what the round before left over; validation images "
        "alone decide."
    ),
    "fashion": "The same networks on digits and on clothes, which are harder: accuracy on the test images.",
    "own_images": "The pictures as the networks see them, centred as MNIST's digits were, and what the network of 707 parameters says.",
}
NOTES = (
    """The source calls MNIST's 10,000 test images its validation images and chose by them. Here training images that were held out choose,
    and the test images are read once, when a training has ended.""",
    """Batch size and learning rate were not published. Trained as published means the defaults of its library: 32 images a step and a rate
    of 0.001, which stays.""",
    """Its file sizes are of TensorFlow Lite files in kilobytes, ours of safetensors files with float32 parameters, structure and checksums:
    more than half of the smallest file says what the network is.""",
    """The ten pictures that the source drew were not published. With --images a folder of your own takes their place.""",
    """Digits without slant are not the published images: each row of a digit has been moved sideways until its strokes stand upright, in
    training and ever after. That costs no parameter.""",
    """Where its dropout stands is not said; ours follows the pooling. The layout of its SqueezeNet is not published; ours has about as many
    parameters.""",
)


def report_page(table: "SmallestTable") -> ReportPage:
    """Return the page of a table."""
    return ReportPage(
        title="The smallest network that reads digits",
        introduction=_introduction(table),
        tables=tables(table),
        captions=CAPTIONS,
        notes_title="What was published, and what differs here",
        notes=NOTES,
        facts=shown_facts(table.facts),
    )


def _introduction(table: "SmallestTable") -> list[str]:
    what = "A perceptron of 68,270 parameters is shrunk in seven steps to a convolutional network of 707; each step is trained for "
    paragraphs = [f"{what}{table.epochs[0]} epochs with Adam. The published numbers stand beside ours."]
    best = table.best(at_most=TARGET_PARAMETERS)
    if best is not None:
        found = f"A search for better networks below {MOST_PARAMETERS:,} parameters ends with “{best}”"
        paragraphs.append(f"{found}: the best on validation images with at most {TARGET_PARAMETERS}.")
    if not any(row["network"] == SMALLEST and row["published_accuracy"] for row in table.trained):
        paragraphs.append("These are other images, or fewer epochs, than the published ones: their accuracies are left out.")
    return paragraphs + [str(note) for note in table.facts.get("notes", ())]
