"""Sphinx settings; the reference and the notebook pages are written from what the package and notebooks/ hold."""

import inspect
import os
import pkgutil
import shutil
from importlib import import_module, metadata
from pathlib import Path

import digitcompress
from digitcompress._described import Described

HERE = Path(__file__).parent
NOTEBOOKS = HERE.parent / "notebooks"

project = "digitcompress"
author = "The digitcompress authors"
project_copyright = f"2026, {author}"
version = release = metadata.version("digitcompress")

extensions = ["sphinx.ext.autodoc", "sphinx.ext.autosummary", "sphinx.ext.mathjax", "numpydoc", "myst_nb", "sphinx_copybutton"]
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
nb_execution_mode = "off"
autosummary_generate = False
autodoc_typehints = "none"
autodoc_member_order = "bysource"
# scikit-learn adds these to every estimator, with texts that refer to its own pages.
autodoc_default_options = {"exclude-members": "set_fit_request, set_score_request"}
numpydoc_show_class_members = False
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

# Names of other packages need their inventories, which a build without network does not have; ours are all checked.
nitpick_ignore_regex = [(r"py:.*", r"(?!digitcompress).*|digitcompress\._core\b.*")]
if os.environ.get("READTHEDOCS"):
    extensions.append("sphinx.ext.intersphinx")
    intersphinx_mapping = {
        "python": ("https://docs.python.org/3", None),
        "numpy": ("https://numpy.org/doc/stable", None),
    }

html_theme = "pydata_sphinx_theme"
html_title = "digitcompress"
html_theme_options = {"github_url": "https://github.com/digitcompress/digitcompress", "navigation_with_keys": False}


def public_modules():
    """Return the package and its public modules, shallow ones first."""
    walked = pkgutil.walk_packages(digitcompress.__path__, "digitcompress.")
    names = [each.name for each in walked if not any(part.startswith("_") for part in each.name.split("."))]
    return [import_module(name) for name in sorted(["digitcompress", *names], key=lambda name: (name.count("."), name))]


def public_objects(module):
    """Return the functions and classes of ours that a module shows: its __all__, else what a package imports or a module defines."""
    names = [name for name in vars(module) if not name.startswith("_")]
    local = [name for name in names if getattr(vars(module)[name], "__module__", None) == module.__name__]
    shown = {name: vars(module)[name] for name in getattr(module, "__all__", names if hasattr(module, "__path__") else local)}
    ours = {name: value for name, value in shown.items() if inspect.isroutine(value) or inspect.isclass(value)}
    return {name: value for name, value in ours.items() if value.__module__.startswith("digitcompress")}


def directive(value):
    """Return the autodoc directive for an object."""
    if not inspect.isclass(value):
        return "autofunction"
    return "autoexception" if issubclass(value, BaseException) else "autoclass"


def module_page(module, own, elsewhere):
    """Return the reference page of a module: a table, every object of its own in full, links to the others."""
    title = module.__name__
    lines = [title, "=" * len(title), "", f".. automodule:: {title}", "   :no-members:", "", f".. currentmodule:: {title}", ""]
    if own:
        lines += [".. autosummary::", "   :nosignatures:", "", *(f"   {name}" for name in own), ""]
    if elsewhere:
        lines += ["Also here: " + ", ".join(f":py:obj:`{name}`" for name in elsewhere) + ".", ""]
    for name, value in own.items():
        members = ["   :members:"] if directive(value) == "autoclass" else []
        inherited = ["   :inherited-members:"] if inspect.isclass(value) and issubclass(value, Described) else []
        lines += [f".. {directive(value)}:: {name}", *members, *inherited, ""]
    return "\n".join(lines)


def write_reference(folder):
    """Write one page per public module; an object appears once, under its shortest public name."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    homes = {}
    for module in public_modules():
        objects = public_objects(module)
        own = {name: value for name, value in objects.items() if id(value) not in homes}
        elsewhere = [homes[id(value)] for name, value in objects.items() if name not in own]
        homes |= {id(value): f"{module.__name__}.{name}" for name, value in own.items()}
        (folder / f"{module.__name__}.rst").write_text(module_page(module, own, elsewhere))


def write_notebooks(folder):
    """Copy the executed notebooks below docs/, with an index."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    found = sorted(NOTEBOOKS.glob("*.ipynb"))
    for notebook in found:
        shutil.copy(notebook, folder)
    toctree = [":::{toctree}", *(notebook.stem for notebook in found), ":::"] if found else ["There is none yet."]
    (folder / "index.md").write_text("\n".join(["# Notebooks", "", "Shown as they were executed and committed.", "", *toctree, ""]))


def setup(app):  # noqa: ARG001
    """Write the generated pages before Sphinx looks for its sources."""
    write_reference(HERE / "reference" / "generated")
    write_notebooks(HERE / "notebooks")
