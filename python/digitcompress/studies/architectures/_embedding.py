"""Images on a plane, by t-SNE of their pixels: scikit-learn for a thousand, openTSNE for the whole training set."""

import base64
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitcompress._extras import import_extra
from digitcompress.datasets import Split
from digitcompress.errors import FormatError
from digitcompress.studies._record import Record

# As the source draws them: figure 11 and figure 12.
FIGURES = {1_000: 11, 50_000: 12}
# scikit-learn's Barnes-Hut takes minutes for each ten thousand points.
MOST_FOR_SCIKIT_LEARN = 5_000
_GRID = 2**16 - 1


@dataclass(frozen=True)
class EmbeddingJob:
    """The embedding of the first so many training images."""

    count: int
    seed: int = 0

    @property
    def method(self) -> str:
        """The package that computes it."""
        return "scikit-learn" if self.count <= MOST_FOR_SCIKIT_LEARN else "openTSNE"

    @property
    def cost(self) -> int:
        """Images."""
        return self.count

    @property
    def title(self) -> str:
        """What the progress bar shows."""
        return f"t-SNE of {self.count:,} images"

    def config(self) -> dict[str, Any]:
        """Return what the outcome depends on besides the images."""
        return asdict(self) | {"method": self.method}


def require_package(job: EmbeddingJob) -> None:
    """Raise the error that names the extra, when the package of an embedding is not installed."""
    module = "sklearn.manifold" if job.method == "scikit-learn" else "openTSNE"
    import_extra(module, extra="tsne", purpose=job.title)


def run_embedding(job: EmbeddingJob, train: Split, threads: int | None) -> Record:
    """Embed the pixels and measure how well neighbours on the plane share their digit."""
    images, labels = train[: job.count]
    pixels = images.reshape(job.count, -1).astype(np.float32) / np.float32(255)
    begin = time.perf_counter()
    coordinates = (_scikit_learn if job.method == "scikit-learn" else _open_tsne)(pixels, job.seed, threads)
    seconds = time.perf_counter() - begin
    values = {"seconds": seconds, "neighbour_accuracy": neighbour_accuracy(coordinates, labels)}
    return Record(values, {"coordinates": coordinates.astype(np.float32), "labels": labels.astype(np.uint8)})


def _scikit_learn(pixels: NDArray[np.float32], seed: int, threads: int | None) -> NDArray[Any]:
    manifold = import_extra("sklearn.manifold", extra="tsne", purpose="t-SNE")
    limits = import_extra("threadpoolctl", extra="tsne", purpose="t-SNE")
    with limits.threadpool_limits(threads):
        return np.asarray(manifold.TSNE(n_components=2, random_state=seed, n_jobs=threads).fit_transform(pixels))


def _open_tsne(pixels: NDArray[np.float32], seed: int, threads: int | None) -> NDArray[Any]:
    package = import_extra("openTSNE", extra="tsne", purpose="t-SNE of many images")
    return np.asarray(package.TSNE(n_components=2, random_state=seed, n_jobs=threads or 1).fit(pixels))


def neighbour_accuracy(coordinates: NDArray[Any], labels: NDArray[Any]) -> float:
    """Return the share of points whose nearest other point has the same label."""
    neighbors = import_extra("sklearn.neighbors", extra="tsne", purpose="measuring an embedding")
    _, nearest = neighbors.NearestNeighbors(n_neighbors=1).fit(coordinates).kneighbors()
    return float(np.mean(labels[nearest[:, 0]] == labels))


@dataclass(frozen=True, eq=False)
class Embedding:
    """Images on a plane."""

    count: int
    method: str
    seconds: float
    neighbour_accuracy: float
    coordinates: NDArray[np.float32]
    labels: NDArray[np.uint8]

    @classmethod
    def of(cls, job: EmbeddingJob, record: Record) -> "Embedding":
        """Return the outcome of a job."""
        values, arrays = record.values, record.arrays
        return cls(job.count, job.method, values["seconds"], values["neighbour_accuracy"], arrays["coordinates"], arrays["labels"])

    def plain(self) -> dict[str, Any]:
        """Return everything as JSON can hold it: four bytes a point, on a grid of 65,536 steps across."""
        low, high = self.coordinates.min(axis=0), self.coordinates.max(axis=0)
        steps = np.round((self.coordinates - low) / np.maximum(high - low, 1e-12) * _GRID).astype("<u2")
        values = {name: getattr(self, name) for name in ("count", "method", "seconds", "neighbour_accuracy")}
        texts = {"coordinates": base64.b64encode(steps.tobytes()).decode(), "labels": base64.b64encode(self.labels.tobytes()).decode()}
        return values | {"low": low.tolist(), "high": high.tolist()} | texts

    @classmethod
    def from_plain(cls, values: Mapping[str, Any]) -> "Embedding":
        """Return the embedding that `plain` described."""
        try:
            facts: dict[str, Any] = {name: values[name] for name in ("count", "method", "seconds", "neighbour_accuracy")}
            steps = np.frombuffer(base64.b64decode(values["coordinates"], validate=True), "<u2").reshape(facts["count"], 2)
            low, high = (np.array([float(each) for each in values[name]]).reshape(2) for name in ("low", "high"))
            labels = np.frombuffer(base64.b64decode(values["labels"], validate=True), np.uint8).reshape(facts["count"])
            coordinates = (low + steps / _GRID * (high - low)).astype(np.float32)
            return cls(**facts, coordinates=coordinates, labels=labels)
        except (KeyError, TypeError, ValueError) as error:
            message = f"architectures: an embedding must be as results.json holds it, got {error}"
            raise FormatError(message) from error


def embedding_jobs(train_count: int, *, quick: bool) -> Sequence[EmbeddingJob]:
    """Return the embeddings of the source that the training images suffice for; a first look has the small one only."""
    counts = [count for count in FIGURES if count <= train_count]
    return [EmbeddingJob(count) for count in (counts[:1] if quick else counts)]
