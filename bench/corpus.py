"""Real C programs: fetched, translated, built, and compared with gcc's build on the cases of bench/recipes.toml.

    python bench/corpus.py [--folder DIR] [NAME ...]

Sources and results go to DIR (build/corpus). What cannot be fetched is skipped with a line that says so. The exit status
is 1 if a program differs or does not build.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from c2rust_py.diagnostics import CompileError
from c2rust_py.options import Options
from c2rust_py.oracle.build import CSource, Profile
from c2rust_py.oracle.diff import DiffOptions, TargetProgram, diff_programs
from c2rust_py.pipeline import translate_project
from c2rust_py.settings import Case

BENCH = Path(__file__).resolve().parent
RECIPES = BENCH / "recipes.toml"
FETCH = BENCH / "fetch_corpus"
TIMEOUT = 120.0


@dataclass(frozen=True, slots=True)
class Recipe:
    """One program: the C files (absolute), flags and cases."""

    name: str
    project: str
    sources: tuple[Path, ...]
    flags: tuple[str, ...]
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far one program came: functions and stubs, cases that are equal, and the first thing that is wrong."""

    name: str
    functions: int
    stubs: int
    equal: int
    cases: int
    problem: str

    def __str__(self) -> str:
        counts = f"{self.functions:>6}{self.stubs:>6}{self.equal:>6}/{self.cases:<4}"
        return f"{self.name:<28}{counts} {self.problem[:160]}".rstrip()


def read_recipes(names: list[str], corpus: Path) -> Iterator[Recipe]:
    """The programs whose own name, suite or project is in `names` (all where it is empty) and whose sources are here."""
    data = tomllib.loads(RECIPES.read_text())
    for table in data.get("program", []):
        if (not names or {table["name"], table["project"]} & set(names)) and (corpus / table["project"]).is_dir():
            folder = corpus / table["project"]
            sources = tuple(path for pattern in table["sources"] for path in sorted(folder.glob(pattern)))
            cases = tuple(_case(folder, case) for case in table.get("cases", [])) or (Case("default"),)
            yield Recipe(table["name"], table["project"], sources, _flags(folder, table), cases)
    for table in data.get("suite", []):
        if (not names or {table["name"], table["project"]} & set(names)) and (corpus / table["project"]).is_dir():
            yield from _suite(corpus / table["project"], table)


def _suite(folder: Path, table: dict[str, Any]) -> Iterator[Recipe]:
    """A folder of programs: each file is one, with the suite's sources and what it needs of its library."""
    excluded = table.get("excluded", {})
    for path in sorted(folder.glob(table["programs"])):
        if path.name in excluded:
            continue
        text = path.read_text(errors="replace")
        sources = [path, *(folder / name for name in table.get("sources", []))]
        sources += [
            folder / n for n in table.get("library", []) if not re.search(rf'#include "[./]*{re.escape(n)}"', text)
        ]
        files = _files(folder / table.get("copy_from", "."), folder, table.get("copy", []))
        case = Case("default", files=tuple(files))
        yield Recipe(f"{table['name']}/{path.stem}", table["project"], tuple(sources), _flags(folder, table), (case,))


def _flags(folder: Path, table: dict[str, Any]) -> tuple[str, ...]:
    return tuple(f"-I{folder / f[2:]}" if f.startswith("-I") else f for f in table.get("flags", []))


def _case(folder: Path, table: dict[str, Any]) -> Case:
    stdin = (folder / table["stdin_file"]).read_bytes() if "stdin_file" in table else table.get("stdin", "").encode()
    files = tuple(_files(folder, folder, table.get("copy", [])))
    return Case(table["name"], tuple(table.get("args", [])), stdin, files)


def _files(base: Path, folder: Path, patterns: list[str]) -> Iterator[tuple[str, bytes]]:
    """The files of the patterns, named as seen from `base`."""
    for pattern in patterns:
        for path in sorted(folder.glob(pattern)):
            if path.is_file():
                yield path.relative_to(base).as_posix(), path.read_bytes()


def check(recipe: Recipe, out: Path) -> Outcome:
    """Translates, builds and compares one program."""
    cases = len(recipe.cases)
    try:
        translation = translate_project(Options(recipe.sources, out, flags=recipe.flags, jobs=1, check=False))
    except CompileError as problem:
        return Outcome(recipe.name, 0, 0, 0, cases, str(problem).splitlines()[0])
    assert translation.report is not None
    functions, stubs = len(translation.report.functions), len(translation.report.stubs)
    sources = tuple(CSource(str(path), recipe.flags, path.parent) for path in recipe.sources)
    try:
        binary = next(iter(translation.programs), None)
        if binary is None:
            return Outcome(recipe.name, functions, stubs, 0, cases, "it has no main")
        program = TargetProgram(recipe.name.split("/")[-1], binary, sources, ())
        results = diff_programs([program], recipe.cases, out, DiffOptions(timeout=TIMEOUT, profile=Profile.RELEASE))
    except CompileError as problem:
        return Outcome(recipe.name, functions, stubs, 0, cases, str(problem).splitlines()[0])
    wrong = [f"{result.case.name}: {result.differences[0]}" for result in results if not result.agrees]
    return Outcome(recipe.name, functions, stubs, cases - len(wrong), cases, wrong[0] if wrong else "")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="programs, suites or projects (all)")
    parser.add_argument("--folder", type=Path, default=Path("build/corpus"))
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    data = tomllib.loads(RECIPES.read_text())
    tables = [*data.get("program", []), *data.get("suite", [])]
    chosen = [t for t in tables if not arguments.names or {t["name"], t["project"]} & set(arguments.names)]
    projects = sorted({table["project"] for table in chosen})
    subprocess.run([sys.executable, str(FETCH), str(folder / "sources"), *projects], check=True)
    recipes = list(read_recipes(arguments.names, folder / "sources"))
    print(f"{'program':<28}{'funcs':>6}{'stubs':>6}{'equal cases':>11}")
    failed = 0
    with ProcessPoolExecutor() as pool:
        for outcome in pool.map(check, recipes, [folder / "out" / recipe.name for recipe in recipes]):
            print(outcome, flush=True)
            failed += outcome.equal < outcome.cases
    print(f"{len(recipes) - failed} of {len(recipes)} programs are equal")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
