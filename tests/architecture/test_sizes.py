"""Files and functions stay small: the limits of CONTRIBUTING.md."""

from statistics import median, quantiles

import pytest

from architecture.measure import cpp_functions, python_functions
from architecture.source_tree import ROOT, cpp_files, package_files, test_files

FILE_CAP = 400
FUNCTION_CAP = 50
# A C++ kernel is handed the pointers and loop bounds of its caller, and loops over sample, channel, row and column.
POSITIONAL_CAP = {"Python": 5, "C++": 8}
NESTING_CAP = {"Python": 3, "C++": 4}
TOP_CMAKE_CAP = 80
INIT_CAP = 40

LANGUAGES = {"C++": (cpp_files, cpp_functions), "Python": (package_files, python_functions)}
FILE_MEDIAN = {"C++": 120, "Python": 150}


def line_count(path):
    return len(path.read_text().splitlines())


def functions_of(path):
    return python_functions(path) if path.suffix == ".py" else cpp_functions(path)


def above(functions, limit, measure):
    return [f"{each.place}: {measure} {getattr(each, measure)} > {limit}" for each in functions if getattr(each, measure) > limit]


def all_sources(root):
    return [*cpp_files(root), *package_files(root), *test_files(root)]


def ninetieth_percentile(values):
    return quantiles(values, n=10, method="inclusive")[-1]


@pytest.mark.parametrize("path", all_sources(ROOT), ids=lambda path: str(path.relative_to(ROOT)))
def test_file_and_its_functions_are_below_the_caps(path):
    assert line_count(path) <= FILE_CAP
    functions = functions_of(path)
    assert above(functions, FUNCTION_CAP, "lines") == []
    language = "Python" if path.suffix == ".py" else "C++"
    assert above(functions, NESTING_CAP[language], "nesting") == []
    # What a bound function takes, Python passes by keyword.
    if not {"tests", "bindings"} & set(path.relative_to(ROOT).parts):
        assert above(functions, POSITIONAL_CAP[language], "positional") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_typical_sizes(language):
    find, measure = LANGUAGES[language]
    files = find(ROOT)
    file_lines = [line_count(path) for path in files]
    function_lines = [function.lines for path in files for function in measure(path)]
    assert median(file_lines) <= FILE_MEDIAN[language]
    assert ninetieth_percentile(file_lines) <= 300
    assert median(function_lines) <= 8
    assert ninetieth_percentile(function_lines) <= 30


def test_build_file_and_package_entries_are_short():
    assert line_count(ROOT / "CMakeLists.txt") <= TOP_CMAKE_CAP
    assert {str(path): line_count(path) for path in package_files(ROOT) if path.name == "__init__.py" and line_count(path) > INIT_CAP} == {}


LONG = "\n".join(["    x = 1"] * FUNCTION_CAP)
PLANTED = {
    "long.py": (f"def f():\n    '''One\n\n    two.\n    '''\n{LONG}\n", "lines", FUNCTION_CAP + 1),
    "wide.py": ("def f(self, a, b, c, d, e, g, *, h=1):\n    pass\n", "positional", 6),
    "deep.py": (
        "def f():\n    for a in b:\n        with c:\n            if d:\n                while e:\n                    pass\n",
        "nesting",
        4,
    ),
    "elif.py": ("def f():\n  if a:\n    g()\n  elif b:\n    g()\n  elif c:\n    g()\n  else:\n    if d:\n      g()\n", "nesting", 1),
    "except.py": ("def f():\n  try:\n    g()\n  except E:\n    if a:\n      if b:\n        if c:\n          g()\n", "nesting", 4),
    "long.cpp": ("void f() {\n" + "  g();\n" * FUNCTION_CAP + "}\n", "lines", FUNCTION_CAP + 2),
    "wide.hpp": (
        "struct S { template <class T> static int f(T a, int b, int c, int d, int e = 1, int g = 2) { return 1; } };\n",
        "positional",
        6,
    ),
    "deep.cpp": (
        "void f() {\n  for (;;)\n    while (a)\n      if (b) {\n        switch (c) { default: break; }\n      }\n}\n",
        "nesting",
        4,
    ),
    "elif.cpp": ("void f() { if (a) g(); else if (b) g(); else if (c) g(); else g(); }\n", "nesting", 1),
    "lambda.cpp": ("void f() { if (a) for (;;) h([] { if (b) if (c) g(); }); }\n", "nesting", 2),
}


@pytest.mark.parametrize("name", PLANTED)
def test_the_ruler_is_right(name, tmp_path):
    text, measure, expected = PLANTED[name]
    path = tmp_path / name
    path.write_text(text)
    (function,) = functions_of(path)
    assert getattr(function, measure) == expected
    assert above([function], expected - 1, measure) != []
    assert above([function], expected, measure) == []
