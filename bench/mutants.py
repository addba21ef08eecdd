"""The mutation check of the function oracle: small changes to translated functions, which the comparison has to see.

    python bench/mutants.py [--each N] [--count N] [--seed N] [--out DIR] [SOURCE...]

Each function of the sources (default: fixtures/functions) gets N mutants: an operator, a comparison or a constant is another
one, a condition is negated, a statement is gone. All mutants of a source stand beside their originals in one crate, as
functions of other names, and are compared with the C in one build; those that rustc refuses are replaced. The mutants
that the comparison takes for equal are printed with their change; the exit status is 1 if these are more than 5 %.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from c2rust_py.diagnostics import Sink
from c2rust_py.emit.workspace import render_workspace
from c2rust_py.function_comparison import compare_functions
from c2rust_py.options import Options
from c2rust_py.oracle.functions.plan import Candidate
from c2rust_py.oracle.functions.verdicts import FunctionOptions, Outcome
from c2rust_py.pipeline import lower_groups, translate_project
from c2rust_py.referee.cargo import cargo_build
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.printer import print_expr
from c2rust_py.rust_ir.walk import Node, map_children, walk

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "functions"
BUILDS = 8
"""How often mutants that rustc refuses are replaced."""
ALLOWED = 0.05

_OPERATORS = {
    "+": "-", "-": "+", "*": "+", "/": "*", "%": "/", "&": "|", "|": "&", "^": "|", "<<": ">>", ">>": "<<",
    "<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "&&": "||", "||": "&&",
}  # fmt: skip
_METHODS = {
    "wrapping_add": "wrapping_sub",
    "wrapping_sub": "wrapping_add",
    "wrapping_mul": "wrapping_add",
    "rotate_left": "rotate_right",
}


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


def node_mutants(node: Node) -> Iterator[tuple[Node, str]]:
    """What a node could be instead, each with the change in words."""
    match node:
        case rs.Binary(op, left, right) if op in _OPERATORS:
            yield rs.Binary(_OPERATORS[op], left, right), f"`{print_expr(node)}`: {op} is {_OPERATORS[op]}"
        case rs.Literal(text) if re.fullmatch(r"\d+", text):
            for other in (int(text) + 1, max(int(text) - 1, 0)):
                if other != int(text):
                    yield rs.Literal(str(other)), f"{text} is {other}"
        case rs.MethodCall(receiver, method, args) if method in _METHODS:
            yield rs.MethodCall(receiver, _METHODS[method], args), f"{method} is {_METHODS[method]}"
        case rs.Assign(target, value, op) if op in _OPERATORS:
            yield rs.Assign(target, value, _OPERATORS[op]), f"`{print_expr(node)}`: {op}= is {_OPERATORS[op]}="
        case rs.If(condition, then, otherwise):
            yield rs.If(rs.Unary("!", condition), then, otherwise), f"if not {print_expr(condition)}"
        case rs.Block(statements):
            for i, statement in enumerate(statements):
                if isinstance(statement, rs.ExprStatement) and isinstance(statement.expr, rs.Assign | rs.MethodCall):
                    kept = (*statements[:i], *statements[i + 1 :])
                    yield replace(node, statements=kept), f"without `{print_expr(statement.expr)}`"
        case _:
            pass


def function_mutants(item: rs.FunctionItem) -> Iterator[tuple[rs.FunctionItem, str]]:
    """Every mutant of a function: one node is another."""
    for place, node in enumerate(walk(item.body)):
        for other, change in node_mutants(node):
            yield replace(item, body=_with(item.body, place, other)), change


def _with(body: rs.Block, place: int, other: Node) -> rs.Block:
    """The body with its node number `place`, in the order of `walk`, replaced."""
    wanted = list(walk(body))[place]

    def change(node: Node) -> Node:
        return other if node is wanted else map_children(node, change)

    changed = change(body)
    assert isinstance(changed, rs.Block)
    return changed


def all_mutants(crate: rs.Crate, each: int, seed: int) -> dict[tuple[str, str], list[Mutant]]:
    """Of each function its mutants in a random order, `each` of them the first choice."""
    found: dict[tuple[str, str], list[Mutant]] = {}
    for module in crate.modules:
        for item in module.items:
            if not isinstance(item, rs.FunctionItem) or item.name in ("main", "init_statics"):
                continue
            mutants = list(function_mutants(item))
            random.Random(f"{seed}:{module.name}:{item.name}").shuffle(mutants)
            found[module.name, item.name] = [
                Mutant(module.name, item.name, i, replace(one, name=f"{item.name}_mutant_{i}"), change)
                for i, (one, change) in enumerate(mutants)
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
    waiting = all_mutants(crate, each, seed)
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


def check(source: Path, out: Path, options: FunctionOptions, each: int) -> tuple[int, int, list[str]]:
    """How many mutants of a source there are, how many are caught, and the others."""
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
    originals = [verdict for verdict in verdicts if "#" not in verdict.symbol]
    wrong = [f"{verdict.symbol}: {verdict.reason}" for verdict in originals if not verdict.agrees]
    assert not wrong, wrong
    tried = [one for one in mutants if one.name in candidates]
    outcomes = {one.name: by_entry[candidates[one.name].entry] for one in tried}
    compared = [one for one in tried if outcomes[one.name].outcome is not Outcome.NOT_COMPARED]
    missed = [one for one in compared if outcomes[one.name].outcome is Outcome.EQUAL]
    for one in tried:
        if outcomes[one.name].outcome is Outcome.NOT_COMPARED:
            print(f"{one.original}: {one.change}: {outcomes[one.name].reason}")
    return len(compared), len(compared) - len(missed), [f"{one.original}: {one.change}" for one in missed]


def main() -> int:
    """The table of sources, and the mutants that are missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", nargs="*", type=Path, default=sorted(FIXTURES.glob("*.c")))
    parser.add_argument("--each", type=int, default=10)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    options = FunctionOptions(seed=args.seed, count=args.count, timeout=0.5, limit=4.0, coverage=False)
    total, caught, missed = 0, 0, list[str]()
    with TemporaryDirectory(prefix="c2rs-mutants-") as scratch:
        for source in args.sources:
            tried, found, others = check(source, (args.out or Path(scratch)) / source.stem, options, args.each)
            print(f"{source.stem}: {found} of {tried} mutants are caught", flush=True)
            total, caught, missed = total + tried, caught + found, missed + others
    print(f"{caught} of {total} mutants are caught: {100 * caught / max(total, 1):.1f} %; missed:")
    for line in missed:
        print(f"    {line}")
    return 0 if caught >= total * (1 - ALLOWED) else 1


if __name__ == "__main__":
    sys.exit(main())
