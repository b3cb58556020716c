"""Published values beside ours, as text."""

import pytest

from digitcompress.studies._comparison import aligned_text, beside, mean_text

MEANS = {
    "one run": ([96.36], 2, "96.36"),
    "several": ([90.0, 92.0, 94.0], 1, "92.0±2.0"),
    "wide": ([10.0, 50.0], 1, "30.0±20"),
    "equal": ([1.0, 1.0], 0, "1±0"),
}


@pytest.mark.parametrize("name", MEANS)
def test_a_mean_has_half_of_its_range(name):
    values, digits, expected = MEANS[name]
    assert mean_text(values, digits=digits) == expected


@pytest.mark.parametrize(("published", "expected"), [(None, "91.0"), (96.36, "96.36 | 91.0"), ("6.5 KB", "6.5 KB | 91.0")])
def test_published_values_stand_first(published, expected):
    assert beside(published, "91.0") == expected


def test_columns_are_aligned():
    lines = aligned_text("Caption", ["name", "number"], [["a", "1"], ["longer", "1,000,000"]]).splitlines()
    assert lines == ["Caption", "name       number", "a               1", "longer  1,000,000"]
