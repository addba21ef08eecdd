"""`c2rs explain`: each pointer of a function with its rung, and the chain of C places behind it, from what a run stored.

    scan (list.c:40) is borrowed
      parameter `text`: borrowed
      local `copy`: memory
          list.c:44: it is assigned to a pointer in memory
          list.c:12: `saved` of `keep`: it is stored in an object
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from c2rust_py.diagnostics import EXIT_USAGE, Code, CompileError, error
from c2rust_py.report.functions import read_slots


def explain(out: Path, name: str) -> list[dict[str, Any]]:
    """What is stored of the functions that C calls `name` (`list.c:scan` is only that of the one file). Raises CompileError
    where OUT has no such function."""
    stored = require_slots(out)
    found = [entry for entry in stored["functions"] if name in (entry["name"], f"{entry['file']}:{entry['name']}")]
    if found:
        return found
    near = get_close_matches(name.rpartition(":")[2], sorted({entry["name"] for entry in stored["functions"]}), n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(f'`{other}`' for other in near)}?" if near else f"c2rs status {out}"
    raise CompileError(error(Code.INPUT_MISSING, f"{out} has no function `{name}`", hint=hint), EXIT_USAGE)


def require_slots(out: Path) -> dict[str, Any]:
    """What a run stored of the pointers of each function. Raises CompileError where there is nothing."""
    stored = read_slots(out)
    if stored is None:
        hint = f"c2rs translate INPUT -o {out}"
        raise CompileError(error(Code.INPUT_MISSING, f"{out} has no explanations of this version", hint=hint), EXIT_USAGE)
    return stored


def explanation_text(entries: Sequence[dict[str, Any]]) -> str:
    """The functions as lines that a person reads."""
    return "\n".join(line for entry in entries for line in _function_lines(entry))


def _function_lines(entry: dict[str, Any]) -> Iterator[str]:
    yield f"{entry['name']} ({entry['file']}:{entry['line']}) is {_GRADES.get(entry['grade'], entry['grade'])}"
    for reason in entry["reasons"] if entry["grade"] == "stub" else ():
        yield f"  {reason}"
    for slot in entry["slots"]:
        yield from _slot_lines(slot)
    if not entry["slots"]:
        yield "  it has no pointers"
    yield from (f"  taken for granted: {assumption}" for assumption in entry["assumptions"])
    if entry["cell_instance"] is not None:
        yield f"  a second instance, {entry['cell_instance']}, takes cells: calls pass it one object more than once"
    if entry["memory_instance"] is not None:
        yield f"  a second instance, {entry['memory_instance']}, takes pointers to memory"
        for call in entry["callers"]:
            yield from _slot_lines(call, "    ")


_GRADES = {"memory": "on the memory rung", "stub": "a stub"}
"""How a grade reads in a sentence, where the word itself does not do."""


def _slot_lines(slot: dict[str, Any], indent: str = "  ") -> Iterator[str]:
    """The slot, and its chain below it; the first link is about the slot itself."""
    name = f"`{slot['name']}`" if slot["kind"] in ("parameter", "local", "object") else slot["name"]
    head = f"{name}" if slot["kind"] in ("result", "call", "use") else f"{slot['kind']} {name}"
    yield f"{indent}{head} (line {slot['line']}): {slot['rung']}"
    for position, link in enumerate(slot["chain"]):
        subject = "" if position == 0 else f"{link['subject']}: "
        yield f"{indent}    {link['file']}:{link['line']}: {subject}{link['text']}"
