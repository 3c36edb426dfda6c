"""Budgets of the house: small modules, small functions, few parameters, small ports, short tests.

An exception is one line in exceptions.toml with its reason; one that is no longer needed fails.
"""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = ("handoff", "channels", "agents", "prompts", "runtime", "emulators", "bench")
EXCEPTIONS = tomllib.loads((Path(__file__).parent / "exceptions.toml").read_text())
MODULE, FUNCTION, PARAMETERS, PORT, TEST, MOCKED = 400, 50, 6, 6, 30, 0.05
Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules(*folders: str) -> Iterator[tuple[str, str, ast.Module]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            yield str(path.relative_to(ROOT)), text, ast.parse(text)


def functions(tree: ast.Module) -> Iterator[Function]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(function: Function) -> int:
    """Lines from the name to the end, without the docstring."""
    first = function.body[0]
    has_doc = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    doc = (first.end_lineno or 0) - first.lineno + 1 if has_doc else 0
    return (function.end_lineno or 0) - function.lineno + 1 - doc


def parameters(function: Function) -> int:
    a = function.args
    names = [arg.arg for arg in (*a.posonlyargs, *a.args, *a.kwonlyargs)]
    return len([name for name in names if name not in {"self", "cls"}])


def over(kind: str, found: dict[str, int], limit: int) -> tuple[set[str], set[str]]:
    """What is over the limit without an exception, and exceptions that nobody needs."""
    excused = set(EXCEPTIONS.get(kind, {}))
    too_big = {name for name, size in found.items() if size > limit}
    return too_big - excused, excused - too_big


def check(kind: str, found: dict[str, int], limit: int) -> None:
    broken, unneeded = over(kind, found, limit)
    assert not broken, {name: found[name] for name in broken}
    assert not unneeded, f"no longer needed in exceptions.toml: {unneeded}"


def test_modules_are_small() -> None:
    found = {
        name: len(text.splitlines())
        for name, text, _ in modules(*CODE)
        if "migrations/versions" not in name
    }
    check("module", found, MODULE)


@pytest.mark.parametrize(
    ("kind", "measure", "limit"),
    [("function", length, FUNCTION), ("parameters", parameters, PARAMETERS)],
)
def test_functions_are_small_and_take_little(kind: str, measure: object, limit: int) -> None:
    assert callable(measure)
    found = {
        f"{name}::{function.name}": measure(function)
        for name, _, tree in modules(*CODE)
        if "migrations/versions" not in name
        for function in functions(tree)
    }
    check(kind, found, limit)


def test_ports_are_small() -> None:
    found = {}
    for name, _, tree in modules(*CODE):
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and any(
                isinstance(base, ast.Name) and base.id == "Protocol" for base in node.bases
            ):
                methods = [
                    n for n in node.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
                ]
                own = [m for m in methods if not m.decorator_list]
                found[f"{name}::{node.name}"] = len(own)
    assert len(found) > 5
    check("port", found, PORT)


def test_tests_are_short() -> None:
    found = {
        f"{name}::{function.name}": length(function)
        for name, _, tree in modules("tests")
        for function in functions(tree)
        if function.name.startswith("test_")
    }
    check("test", found, TEST)


def test_almost_nothing_is_mocked() -> None:
    tests = [
        f for _, _, tree in modules("tests") for f in functions(tree) if f.name.startswith("test_")
    ]
    mocking = [f for f in tests if any(a.arg in {"monkeypatch", "mocker"} for a in f.args.args)]
    assert len(mocking) / len(tests) <= MOCKED


def test_every_module_says_what_it_is() -> None:
    silent = [name for name, _, tree in modules(*CODE, "tests") if not ast.get_docstring(tree)]
    assert silent == []


def test_nothing_is_left_to_be_done() -> None:
    marks = tuple("".join(parts) for parts in (("TO", "DO"), ("FIX", "ME"), ("XX", "X")))
    found = [
        name for name, text, _ in modules(*CODE, "tests") if any(mark in text for mark in marks)
    ]
    assert found == []
