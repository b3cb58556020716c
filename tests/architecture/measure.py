"""Measure functions: lines without the docstring, positional arguments, depth of nested control flow."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

tree_sitter = pytest.importorskip("tree_sitter", reason="needs tree-sitter, from the extra 'test'")
tree_sitter_cpp = pytest.importorskip("tree_sitter_cpp", reason="needs tree-sitter-cpp, from the extra 'test'")

PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_cpp.language()))
CPP_BRANCHES = {"if_statement", "for_statement", "for_range_loop", "while_statement", "do_statement", "switch_statement", "try_statement"}
PYTHON_BRANCHES = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.Match, ast.AsyncFor, ast.AsyncWith)


@dataclass(frozen=True)
class Function:
    """One function of a file."""

    place: str
    lines: int
    positional: int
    nesting: int


def python_functions(path: Path) -> list[Function]:
    tree = ast.parse(path.read_text())
    found = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    return [
        Function(f"{path}:{node.lineno} {node.name}", python_lines(node), python_positional(node), python_nesting(node.body))
        for node in found
    ]


def python_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    has_docstring = ast.get_docstring(node, clean=False) is not None
    return lines - ((first.end_lineno or first.lineno) - first.lineno + 1 if has_docstring else 0)


def python_positional(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    names = [argument.arg for argument in node.args.posonlyargs + node.args.args]
    return len([name for name in names if name not in {"self", "cls"}])


def python_nesting(body: list[ast.stmt]) -> int:
    return max((statement_nesting(statement) for statement in body), default=0)


def statement_nesting(statement: ast.stmt) -> int:
    if not isinstance(statement, PYTHON_BRANCHES):
        return 0
    inner = [
        python_nesting(getattr(part, "body", []))
        for part in [statement, *getattr(statement, "handlers", []), *getattr(statement, "cases", [])]
    ]
    otherwise = getattr(statement, "orelse", []) + getattr(statement, "finalbody", [])
    is_elif = isinstance(statement, ast.If) and len(otherwise) == 1 and isinstance(otherwise[0], ast.If)
    return max(1 + max(inner), python_nesting(otherwise) + (0 if is_elif else 1))


def descendants(node) -> Iterator:
    yield node
    for child in node.children:
        yield from descendants(child)


def cpp_functions(path: Path) -> list[Function]:
    tree = PARSER.parse(path.read_bytes())
    found = [node for node in descendants(tree.root_node) if node.type == "function_definition"]
    return [cpp_function(path, node) for node in found]


def cpp_function(path: Path, node) -> Function:
    declarator = node.child_by_field_name("declarator")
    parameters = next((each for each in descendants(declarator) if each.type == "parameter_list"), None)
    count = 0 if parameters is None else sum(child.type.endswith("parameter_declaration") for child in parameters.children)
    first, last = node.start_point[0] + 1, node.end_point[0] + 1
    body = node.child_by_field_name("body")
    name = declarator.text.decode().partition("(")[0].strip()
    return Function(f"{path}:{first} {name}", last - first + 1, count, cpp_nesting(body) if body else 0)


def cpp_nesting(node) -> int:
    """Depth of control flow; `else if` continues its `if`, a lambda starts anew."""
    if node.type == "else_clause" and any(child.type == "if_statement" for child in node.children):
        return max(cpp_nesting(child) for child in node.children) - 1
    inner = max((cpp_nesting(child) for child in node.children if child.type != "lambda_expression"), default=0)
    return inner + (node.type in CPP_BRANCHES)
