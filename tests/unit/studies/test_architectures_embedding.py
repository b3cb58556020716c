"""Images on a plane."""

import json

import numpy as np
import pytest

import digitcompress as dc
from digitcompress.studies.architectures._embedding import Embedding, EmbeddingJob, embedding_jobs, neighbour_accuracy, run_embedding
from digitcompress.studies.architectures._planes import densest, draw_embedding


def planted_embedding(count):
    generator = np.random.default_rng(count)
    coordinates = generator.normal(size=(count, 2)).astype(np.float32) * 30
    return Embedding(count, "planted", 2.5, 0.75, coordinates, (np.arange(count) % 10).astype(np.uint8))


def test_which_embeddings_the_images_suffice_for():
    assert [job.count for job in embedding_jobs(50_000, quick=False)] == [1_000, 50_000]
    assert [job.count for job in embedding_jobs(50_000, quick=True)] == [1_000]
    assert [job.count for job in embedding_jobs(999, quick=False)] == []
    assert {job.count: job.method for job in embedding_jobs(50_000, quick=False)} == {1_000: "scikit-learn", 50_000: "openTSNE"}


def test_neighbour_accuracy_is_that_of_all_pairs():
    pytest.importorskip("sklearn")
    plane = planted_embedding(200)
    labels = np.random.default_rng(1).integers(0, 3, 200)
    distances = np.linalg.norm(plane.coordinates[:, None] - plane.coordinates[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    assert neighbour_accuracy(plane.coordinates, labels) == np.mean(labels[distances.argmin(axis=1)] == labels)


def test_json_keeps_the_plane_to_a_step_of_its_grid():
    plane = planted_embedding(500)
    again = Embedding.from_plain(json.loads(json.dumps(plane.plain())))
    step = (plane.coordinates.max(axis=0) - plane.coordinates.min(axis=0)) / 65_535
    assert (abs(again.coordinates - plane.coordinates) <= 0.51 * step + 1e-5).all()
    assert np.array_equal(again.labels, plane.labels)
    assert (again.count, again.method, again.seconds) == (500, "planted", 2.5)


@pytest.mark.parametrize("change", [{"coordinates": "AAAA"}, {"labels": "!"}, {"count": 3}, {"low": None}])
def test_damaged_planes_are_refused(change):
    with pytest.raises(dc.FormatError, match="an embedding must be as"):
        Embedding.from_plain(planted_embedding(50).plain() | change)


@pytest.mark.parametrize(("count", "package"), [(300, "sklearn"), pytest.param(5_100, "openTSNE", marks=pytest.mark.slow)])
def test_images_of_a_digit_come_together(count, package):
    pytest.importorskip(package)
    pytest.importorskip("sklearn")
    labels = np.arange(count) % 10
    images = (
        np.random.default_rng(0).random((count, 28, 28)) < 0.1 + 0.6 * (np.arange(28)[None, :, None] // 3 == labels[:, None, None])
    ) * 255
    record = run_embedding(EmbeddingJob(count), dc.datasets.Split(images.astype(np.uint8), labels), 1)
    assert record.values["neighbour_accuracy"] > 0.95
    assert record.arrays["coordinates"].shape == (count, 2)


@pytest.mark.parametrize("count", [400, 2_400])
def test_every_digit_is_drawn(count):
    pytest.importorskip("matplotlib")
    (ax,) = draw_embedding(planted_embedding(count)).axes
    assert sum(len(each.get_offsets()) for each in ax.collections) == count
    assert len(ax.texts) == (10 if count > 2_000 else 0)


def test_the_label_of_two_heaps_stands_on_the_larger():
    heap = np.random.default_rng(0).normal(size=(100, 2)).astype(np.float32)
    x, y = densest(np.concatenate([heap[:20] - 50, heap + 50]))
    assert abs(x - 50) < 10
    assert abs(y - 50) < 10


def test_missing_packages_leave_out_what_they_make(monkeypatch):
    pytest.importorskip("joblib")
    from digitcompress.studies.architectures import _study

    def missing(job):
        message = f'{job.title} needs the package openTSNE, which is not installed: pip install "digitcompress[tsne]"'
        raise dc.MissingExtraError(message)

    monkeypatch.setattr(_study, "require_package", missing)
    split = dc.datasets.Split(np.full((1_000, 28, 28), 9, np.uint8), np.arange(1_000) % 10)
    data = dc.datasets.Dataset("planted", "the test", split, split[:50], split[:50])
    table = dc.studies.architectures.run(data, models=["mlp"], learning_rates=[0.01], quick=True, progress=False)
    assert list(table.embeddings) == []
    assert 'pip install "digitcompress[tsne]"' in table.facts["left_out"]
