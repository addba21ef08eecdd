"""Every function of our headers is called in some program of `fixtures/programs`, which gcc's build is compared with."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from c_programs import Program, all_programs
from test_headers import HEADERS, OURS, TRANSLATED, functions

LINE_MARKER = re.compile(r'^# \d+ "(?P<file>[^"]*)".*$', re.MULTILINE)


def own_text(program: Program) -> Iterator[str]:
    """What the program's own files are after macro expansion; nothing of those that our headers do not suffice for."""
    for source in program.sources:
        command = ["gcc", "-E", *OURS, *program.flags, str(source)]
        expanded = subprocess.run(command, capture_output=True, text=True, check=False, errors="replace").stdout
        parts = LINE_MARKER.split(expanded)
        folder = str(source.parent)
        yield from (text for file, text in zip(parts[1::2], parts[2::2], strict=True) if file.startswith(folder))


def called_names(program: Program) -> set[str]:
    without_strings = re.sub(r'"(?:[^"\\]|\\.)*"', '""', "\n".join(own_text(program)))
    return set(re.findall(r"\b([A-Za-z_]\w*)\s*\(", without_strings))


def test_every_function_is_called_in_a_program() -> None:
    with ThreadPoolExecutor(max_workers=2) as pool:
        called = set().union(*pool.map(called_names, all_programs()))
    declared = {node.name: header for header in HEADERS for node in functions(header).values()}
    missing = [f"{header}: {name}" for name, header in declared.items() if name not in called | TRANSLATED]
    assert missing == []


def test_calls_are_found_behind_macros(tmp_path: Path) -> None:
    source = tmp_path / "p.c"
    source.write_text('#include <stdio.h>\n#define CALL(f) f ("puts(", 1)\nint main(void) { return CALL(sizeof); }\n')
    assert called_names(Program("p", (source,), (), (), True)) == {"main", "sizeof"}
