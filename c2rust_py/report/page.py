"""`c2rs report`: one self-contained HTML page with every function's C beside its Rust, its rung and why, and the last comparison."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from c2rust_py.emit.function_lines import function_lines
from c2rust_py.emit.manifest import Manifest
from c2rust_py.emit.templates import render
from c2rust_py.report.explain import explanation_text
from c2rust_py.report.functions import COMPARISON_FILE


@dataclass(frozen=True, slots=True)
class FunctionPart:
    """What the page shows of one function; `why` is what `c2rs explain` prints."""

    anchor: str
    name: str
    place: str
    grade: str
    why: str
    c: str
    rust: str


def report_page(out: Path, manifest: Manifest, report: Mapping[str, Any], slots: Mapping[str, Any]) -> str:
    """The page as text. Needs no C: where a source is gone, the page says so."""
    texts = _Texts(out, manifest)
    entries = zip(report["functions"], slots["functions"], strict=True)
    functions = [_part(number, entry, slot, texts) for number, (entry, slot) in enumerate(entries, 1)]
    totals = report["totals"]
    return render(
        "report/page.html.j2",
        title=Path(manifest.inputs[0]).name if manifest.inputs else out.name,
        totals=[
            ("functions", totals["functions"]),
            *((f"functions: {grade}", count) for grade, count in totals["grades"].items() if count),
            *((f"pointers: {rung}", count) for rung, count in totals["slots"].items() if count),
            ("lines of C in functions", totals["lines_c"]),
            ("lines of Rust in functions", totals["lines_rust"]),
        ],
        reasons=totals["memory_reasons"],
        steps=report["referee"],
        cases=_cases(out),
        functions=functions,
    )


def _part(number: int, entry: Mapping[str, Any], slots: dict[str, Any], texts: _Texts) -> FunctionPart:
    rust = texts.rust(entry["rust_path"])
    for instance in (entry["memory_instance"], entry["cell_instance"]):
        if instance is not None:
            rust += "\n\n" + texts.rust(instance)
    return FunctionPart(
        f"f{number}",
        entry["name"],
        f"{entry['file']}:{entry['line']}",
        entry["grade"],
        explanation_text([slots]),
        texts.c(entry["file"], entry["line"], entry["lines_c"]),
        rust,
    )


_CLOSING = 8
"""How many lines behind a function's last statement its closing brace is looked for."""


def _is_open(lines: Sequence[str]) -> bool:
    """Whether the text lacks a closing brace. One in a string or comment costs a line too many, or too few."""
    text = "".join(lines)
    return text.count("{") > text.count("}")


class _Texts:
    """The lines of the C and of the Rust, each file read once."""

    def __init__(self, out: Path, manifest: Manifest) -> None:
        self.out = out
        self.sources = tuple(Path(source) for source in manifest.sources)
        self.lines: dict[Path, list[str] | None] = {}
        self.ranges: dict[Path, dict[str, range]] = {}

    def c(self, file: str, line: int, count: int) -> str:
        """`count` lines of a C file, which the report names relative to where it was found."""
        parts = Path(file).parts
        found = [source for source in self.sources if source.parts[-len(parts) :] == parts]
        lines = self._read(found[0] if found else Path(file))
        if lines is None:
            return f"{file} is not where it was"
        end = line - 1 + count
        while end < min(len(lines), line - 1 + count + _CLOSING) and _is_open(lines[line - 1 : end]):
            end += 1
        return "\n".join(lines[line - 1 : end])

    def rust(self, path: str) -> str:
        """The function at `crate::module::name`, with its doc comment; empty where there is none."""
        crate, module, name = path.split("::")
        folders = [folder for folder in (self.out / "crates").iterdir() if folder.name.replace("-", "_") == crate]
        file = folders[0] / "src" / f"{module}.rs" if folders else self.out
        lines = self._read(file)
        if lines is None:
            return ""
        if file not in self.ranges:
            self.ranges[file] = function_lines("\n".join(lines))
        found = self.ranges[file].get(name, range(0))
        start = found.start - 1
        while start > 0 and lines[start - 1].startswith("///"):
            start -= 1
        return "\n".join(lines[max(start, 0) : max(found.stop - 1, 0)])

    def _read(self, file: Path) -> list[str] | None:
        if file not in self.lines:
            try:
                self.lines[file] = file.read_text(encoding="utf-8", errors="replace").splitlines()
            except OSError:
                self.lines[file] = None
        return self.lines[file]


def _cases(out: Path) -> list[dict[str, Any]]:
    """The outcome of the last `c2rs diff`; nothing where there was none."""
    try:
        data = json.loads((out / COMPARISON_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return list(data["cases"]) if isinstance(data, dict) and "cases" in data else []
