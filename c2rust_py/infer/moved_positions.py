"""Which functions are given positions to move, and which are given the addresses of pointers in memory instead.

    static int next(const char **p) { return *(*p)++; }        next(&at)        next(&node->text)

A function whose parameter leads to a position (`infer.cursors`) is worth having where some caller has one: a local, or what a caller
of its own gives it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from c2rust_py.infer.cursors import referents
from c2rust_py.infer.demotions import Demotions, MemoryCall, PointerSlot
from c2rust_py.infer.pointer_uses import Argument, Lent, Use
from c2rust_py.infer.targets import Template
from c2rust_py.ir.program import Function

Param = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Moved:
    """positions: the parameters that are given positions by somebody. in_memory: the uses, each with its function, that give
    something else to a parameter that leads to a position."""

    positions: AbstractSet[Param]
    in_memory: Sequence[tuple[str, Lent | Argument]]


def find_moved(
    functions: Mapping[str, Function],
    exported: Sequence[str],
    reached: AbstractSet[str],
    uses: Mapping[str, Sequence[Use]],
    templates: Mapping[str, Mapping[int, Template]],
    demotions: Demotions,
) -> Moved:
    """What is so under the templates and demotions now. exported: the functions that others may call; reached: those that are
    called."""
    in_memory: list[tuple[str, Lent | Argument]] = []
    waiting: list[Param] = [(symbol, param) for symbol in exported for param in referents(functions[symbol])]
    passed: dict[Param, list[Param]] = {}
    for symbol, function in functions.items():
        own = {referent: param for param, referent in referents(function).items()}
        for use in uses[symbol]:
            if not isinstance(use, Lent | Argument) or MemoryCall(symbol, id(use.call)) in demotions:
                continue
            callee = functions[use.callee]
            referent = referents(callee).get(use.param)
            if referent is None or PointerSlot(use.callee, referent) in demotions:
                continue
            if not isinstance(use, Lent) or use.variable not in templates[symbol] or len(use.call.args) < len(callee.type.params):
                in_memory.append((symbol, use))
            elif use.variable in own:
                passed.setdefault((symbol, own[use.variable]), []).append((use.callee, use.param))
            elif symbol in reached:
                waiting.append((use.callee, use.param))
    positions: set[Param] = set()
    while waiting:
        param = waiting.pop()
        if param not in positions:
            positions.add(param)
            waiting.extend(passed.get(param, ()))
    return Moved(positions, in_memory)
