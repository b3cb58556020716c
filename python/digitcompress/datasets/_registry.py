"""The data sets that exist in many places: their files, the digests of these, and where they can be fetched."""

import hashlib
from dataclasses import dataclass
from types import MappingProxyType

from digitcompress.datasets._dataset import Dataset
from digitcompress.datasets._idx import TEST_FILES, TRAIN_FILES, decode_images, decode_labels, make_split
from digitcompress.errors import IntegrityError

FILES = TRAIN_FILES + TEST_FILES


@dataclass(frozen=True)
class PublishedSet:
    """A published data set in MNIST's form; the digests are of the decompressed files, whatever compressed them."""

    name: str
    digests: tuple[str, str, str, str]
    mirrors: tuple[str, ...]
    torchvision_name: str

    def verify(self, file: str, content: bytes | bytearray, place: str) -> None:
        """Raise unless `content` is the published file."""
        expected, found = self.digests[FILES.index(file)], hashlib.sha256(content).hexdigest()
        if found != expected:
            message = f"{place}: {file} of {self.name} must have the SHA-256 {expected[:16]}..., got {found[:16]}..."
            raise IntegrityError(message)

    def assemble(self, contents: dict[str, bytearray], source: str) -> Dataset:
        """Decode the verified bytes of all files."""
        train, test = (
            make_split(decode_images(contents[images], images), decode_labels(contents[labels], labels), source)
            for images, labels in (TRAIN_FILES, TEST_FILES)
        )
        return Dataset(name=self.name, source=source, train=train, test=test)


def _named(*sets: PublishedSet) -> MappingProxyType[str, PublishedSet]:
    return MappingProxyType({one.name: one for one in sets})


PUBLISHED = _named(
    PublishedSet(
        name="mnist",
        digests=(
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        ),
        mirrors=(
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
            "http://yann.lecun.com/exdb/mnist/",
        ),
        torchvision_name="MNIST",
    ),
    PublishedSet(
        name="fashion-mnist",
        digests=(
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
        ),
        mirrors=(
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
            "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        ),
        torchvision_name="FashionMNIST",
    ),
)
