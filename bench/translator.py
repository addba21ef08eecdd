"""Times the translator itself: CPU seconds and peak memory on a program once and eight times over.

    python bench/translator.py [PROGRAM]

PROGRAM is a C file or a folder (examples/calc). The copies are made distinct by a prefix on every function and global
variable that they define, so that the eightfold program is one program eight times as long. A ratio of 8 is linear.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COPIES = 8
TOTAL = re.compile(r"^total\s+([\d.]+)\s+([\d.]+)$", re.MULTILINE)


def defined_names(folder: Path) -> set[str]:
    """The external names that the C files of a folder define, as gcc sees them."""
    with tempfile.TemporaryDirectory() as scratch:
        files = [str(path.resolve()) for path in sorted(folder.glob("*.c"))]
        subprocess.run(["gcc", "-w", "-c", *files], cwd=scratch, check=True)
        objects = [str(path) for path in Path(scratch).glob("*.o")]
        listing = subprocess.run(["nm", "-g", "--defined-only", *objects], capture_output=True, text=True, check=True)
    return {line.split()[2] for line in listing.stdout.splitlines() if len(line.split()) == 3}


def multiply(folder: Path, out: Path, copies: int) -> None:
    """Writes `copies` of the program to `out`, each in files and under names of its own; the first keeps its names."""
    names = defined_names(folder)
    pattern = re.compile(r"\b(" + "|".join(sorted(names, key=len, reverse=True)) + r")\b")
    headers = {path.name for path in folder.glob("*.h")}
    for copy in range(copies):
        prefix = f"copy{copy}_" if copy else ""
        for path in sorted(folder.glob("*.[ch]")):
            text = pattern.sub(rf"{prefix}\1", path.read_text())
            for header in headers:
                text = text.replace(f'"{header}"', f'"{prefix}{header}"')
            (out / f"{prefix}{path.name}").write_text(text)


def translate(folder: Path, out: Path) -> tuple[float, float]:
    """CPU seconds and peak megabytes of `c2rs translate` without cargo and without a cache."""
    command = [sys.executable, "-m", "c2rust_py.cli", "translate", str(folder), "-o", str(out), "--no-check", "--time"]
    done = subprocess.run([*command, "--jobs", "1"], capture_output=True, text=True, check=False)
    match = TOTAL.search(done.stderr)
    if done.returncode not in (0, 1) or match is None:
        raise SystemExit(done.stderr)
    print(done.stderr[done.stderr.index("stage") :])
    return float(match.group(1)), float(match.group(2))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", nargs="?", type=Path, default=ROOT / "examples" / "calc")
    program = parser.parse_args().program
    with tempfile.TemporaryDirectory(prefix="c2rs-translator-") as scratch:
        base = Path(scratch)
        source = base / "source"
        if program.is_dir():
            shutil.copytree(program, source)
        else:
            source.mkdir()
            shutil.copy(program, source)
        measured = {}
        for copies in (1, COPIES):
            (base / str(copies)).mkdir()
            multiply(source, base / str(copies), copies)
            print(f"{copies} x {program.name}")
            measured[copies] = translate(base / str(copies), base / f"out{copies}")
    (once, _), (eight, peak) = measured[1], measured[COPIES]
    print(f"1x {once:.2f} s, {COPIES}x {eight:.2f} s: {eight / once:.1f} times the CPU; peak {peak:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
