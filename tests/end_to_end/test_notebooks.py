"""The notebooks run in quick form, and the two files of each pair say the same."""

import shutil
from pathlib import Path

import pytest

jupytext = pytest.importorskip("jupytext", reason="needs jupytext, from the extra 'notebook'")
nbclient = pytest.importorskip("nbclient", reason="needs nbclient, from the extra 'notebook'")

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return request.param


def cells_of(document):
    return [(cell.cell_type, cell.source.strip()) for cell in document.cells]


def test_notebook_and_script_are_in_step(notebook):
    assert cells_of(jupytext.read(notebook)) == cells_of(jupytext.read(notebook.with_suffix(".py")))


def test_notebook_was_committed_executed(notebook):
    code = [cell for cell in jupytext.read(notebook).cells if cell.cell_type == "code"]
    assert [cell.source for cell in code if cell.execution_count is None] == []
    assert [output for cell in code for output in cell.outputs if output.output_type == "error"] == []


@pytest.mark.slow
def test_notebook_runs_in_quick_form(notebook, tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITCOMPRESS_QUICK", "1")
    for results in FOLDER.glob(f"{notebook.stem}/*.json"):  # hours of training, from which a notebook redraws
        (tmp_path / notebook.stem).mkdir(exist_ok=True)
        shutil.copy(results, tmp_path / notebook.stem)
    document = jupytext.read(notebook)
    nbclient.NotebookClient(document, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}).execute()


def test_every_script_has_its_notebook():
    assert [path.name for path in FOLDER.glob("*.py") if not path.with_suffix(".ipynb").exists()] == []


def test_results_beside_the_notebooks_are_small():
    assert sum(path.stat().st_size for path in FOLDER.glob("*/*.json")) <= 1_000_000
