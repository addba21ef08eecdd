"""The mutation check of the function oracle: small changes to translated functions, which the comparison has to see.

    python bench/mutants.py [--each N] [--count N] [--seed N] [--out DIR] [SOURCE...]

Each function of the sources (default: fixtures/functions) gets N mutants (`mutations.py`): a constant, an operator, a
boundary, a width or a name is another one, a condition is negated, a statement is gone. All mutants of a source stand
beside their originals in one crate, as functions of other names, and are compared with the C in one build; those that
rustc refuses are replaced. The table has the mutants of each function, and how many of them the comparison sees; below are
those that it takes for equal, with what `equivalent_mutants.toml` says why. The exit status is 1 if these are more than 5 %.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from mutations import mutations

from c2rust_py.diagnostics import Sink
from c2rust_py.emit.workspace import render_workspace
from c2rust_py.function_comparison import compare_functions
from c2rust_py.options import Options
from c2rust_py.oracle.functions.plan import Candidate
from c2rust_py.oracle.functions.verdicts import FunctionOptions, Outcome
from c2rust_py.pipeline import lower_groups, translate_project
from c2rust_py.referee.cargo import cargo_build
from c2rust_py.rust_ir import nodes as rs

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "functions"
BUILDS = 20
"""How often mutants that rustc refuses are replaced."""
ALLOWED = 0.05
EQUIVALENT = Path(__file__).with_name("equivalent_mutants.toml")
"""By function and change: why no input tells a mutant from its original."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed function: `number` tells it from the others of its function."""

    module: str
    original: str
    number: int
    item: rs.FunctionItem
    change: str

    @property
    def name(self) -> str:
        return self.item.name


def all_mutants(crate: rs.Crate, seed: int) -> dict[tuple[str, str], list[Mutant]]:
    """Of each function its mutants in a random order."""
    found: dict[tuple[str, str], list[Mutant]] = {}
    for module in crate.modules:
        for item in module.items:
            if isinstance(item, rs.FunctionItem) and item.name not in ("main", "init_statics"):
                made = mutations(item, random.Random(f"{seed}:{module.name}:{item.name}"))
                found[module.name, item.name] = [
                    Mutant(module.name, item.name, i, replace(one.item, name=f"{item.name}_mutant_{i}"), one.change)
                    for i, one in enumerate(made)
                ]
    return found


def with_mutants(crate: rs.Crate, mutants: list[Mutant]) -> rs.Crate:
    """The crate with the mutants behind the items of their modules."""
    modules = tuple(
        replace(module, items=(*module.items, *(one.item for one in mutants if one.module == module.name)))
        for module in crate.modules
    )
    return replace(crate, modules=modules)


def build_mutants(crate: rs.Crate, out: Path, each: int, seed: int) -> list[Mutant]:
    """Writes a crate with as many mutants as build; those that rustc refuses make place for others."""
    waiting = all_mutants(crate, seed)
    chosen = [one for mutants in waiting.values() for one in mutants[:each]]
    spare = {key: mutants[each:] for key, mutants in waiting.items()}
    for _ in range(BUILDS):
        workspace = render_workspace([with_mutants(crate, chosen)], Sink())
        for path, text in workspace.files.items():
            (out / path).write_text(text, encoding="utf-8")
        refused = {_function_at(out, e.file, e.line) for e in cargo_build(out).errors if e.file}
        if not refused:
            return chosen
        bad = [one for one in chosen if one.name in refused]
        assert bad, f"rustc refuses more than mutants: {refused}"
        chosen = [one for one in chosen if one.name not in refused]
        chosen += [spare[one.module, one.original].pop(0) for one in bad if spare[one.module, one.original]]
    raise SystemExit("rustc refuses mutants again and again")


def _function_at(out: Path, file: str, line: int) -> str:
    lines = (out / file).read_text(encoding="utf-8").splitlines()[:line]
    heads = (re.match(r"(?:pub )?fn (?:r#)?(\w+)", text) for text in reversed(lines))
    return next((head[1] for head in heads if head), "")


@dataclass(frozen=True, slots=True)
class Tally:
    """The mutants of one source by function: all that were compared, and those that the comparison takes for equal."""

    compared: Counter[str]
    missed: list[Mutant]


def check(source: Path, out: Path, options: FunctionOptions, each: int) -> Tally:
    """Makes and compares the mutants of a source."""
    translate_project(Options((source,), out, check=False))
    (group,) = lower_groups(Options((source,), out))
    mutants = build_mutants(group.linked.crate, out, each, options.seed)
    symbols = {path: symbol for symbol, path in group.linked.lowered.rust_paths.items()}
    candidates = {
        one.name: Candidate(
            f"{one.original}#{one.number}",
            symbols[f"{one.module}::{one.original}"].partition("@")[0],
            f"{one.module}::{one.name}",
        )
        for one in mutants
        if f"{one.module}::{one.original}" in symbols
    }
    verdicts = compare_functions(source, out, options=options, more=tuple(candidates.values()))
    by_entry = {verdict.symbol: verdict for verdict in verdicts}
    wrong = [f"{one.symbol}: {one.reason}" for one in verdicts if "#" not in one.symbol and not one.agrees]
    assert not wrong, wrong
    tally = Tally(Counter(), [])
    for one in mutants:
        verdict = by_entry[candidates[one.name].entry]
        if verdict.outcome is Outcome.NOT_COMPARED:
            print(f"{one.original}: {one.change}: {verdict.reason}")
            continue
        tally.compared[one.original] += 1
        if verdict.outcome is Outcome.EQUAL:
            tally.missed.append(one)
    return tally


def show(source: Path, tally: Tally) -> None:
    """The rows of one source."""
    missed = Counter(one.original for one in tally.missed)
    for name, compared in tally.compared.items():
        print(f"{source.stem:<12}{name:<18}{compared:>8}{compared - missed[name]:>8}", flush=True)


def main() -> int:
    """The table of functions, and the mutants that are missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", nargs="*", type=Path, default=sorted(FIXTURES.glob("*.c")))
    parser.add_argument("--each", type=int, default=10)
    parser.add_argument("--count", type=int, default=300_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    options = FunctionOptions(seed=args.seed, count=args.count, timeout=0.1, limit=30.0, coverage=False)
    known: Mapping[str, Mapping[str, str]] = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))
    print(f"{'source':<12}{'function':<18}{'mutants':>8}{'caught':>8}")
    compared, missed = Counter[str](), list[Mutant]()
    with TemporaryDirectory(prefix="c2rs-mutants-") as scratch:
        for source in args.sources:
            tally = check(source, (args.out or Path(scratch)) / source.stem, options, args.each)
            show(source, tally)
            compared += tally.compared
            missed += tally.missed
    total, full = compared.total(), sum(count >= args.each for count in compared.values())
    caught = total - len(missed)
    print(f"{caught} of {total} mutants of {len(compared)} functions are caught: {100 * caught / max(total, 1):.1f} %")
    print(f"{full} functions have {args.each} mutants; missed:")
    for one in missed:
        why = known.get(one.original, {}).get(one.change, "not known to be equivalent")
        print(f"    {one.original}: {one.change}: {why}")
    return 0 if caught >= total * (1 - ALLOWED) else 1


if __name__ == "__main__":
    sys.exit(main())
