"""docs/GOLDENS.md: pairs of C and Rust from the goldens. `make goldens` writes it anew."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GOLDENS = ROOT / "fixtures" / "golden"
PAGE = ROOT / "docs" / "GOLDENS.md"

PAIRS = {
    "structs/by_reference": "Pointers to structs are references, truth is `bool`, and a struct that memory never holds is a plain one.",
    "pointers/out_parameters": "Results through pointers; a slice and its index.",
    "pointers/cursors": "Pointers that walk are positions in the slice that they walk through.",
    "splits/moved_base": "Pointers into one array, at places that are fixed when they are made: nothing is borrowed between uses.",
    "parsers/numbers": "A recursive parser: strings are slices, its state is borrowed by each function in turn.",
    "parsers/tokenizer": "Structs as results.",
    "arrays/counting": "Loops over tables and slices go over their elements.",
    "machines/quoting": "`switch` is `match`.",
    "macros/doc_comments": "Comments stay with what they document.",
    "output/formats": "`printf` of numbers and literals on the buffered stdout that C's library shares.",
}

HEAD = """# What the output looks like

Ten of the goldens in `fixtures/golden`, each a C file and the Rust module that it becomes. All goldens are compiled and checked by
clippy's default lints in the tests. This page is made from them: `make goldens`.
"""


def page() -> str:
    """The text of the page."""
    parts = [HEAD]
    for name, remark in PAIRS.items():
        c, rust = ((GOLDENS / f"{name}{suffix}").read_text(encoding="utf-8").rstrip() for suffix in (".c", ".rs"))
        parts.append(f"## {name}\n\n{remark}\n\n```c\n{c}\n```\n\n```rust\n{rust}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
