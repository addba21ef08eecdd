"""The corpus of real programs: what `fixtures/corpus.toml` says, how gcc builds it, and how a case is run."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

from c_programs import Case, run_in, set_child_limits

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
CORPUS = FIXTURES / "corpus.toml"


@dataclass(frozen=True, slots=True)
class Target:
    """A program or library of a project: its sources and flags, and the libraries that it links."""

    name: str
    kind: str
    sources: tuple[str, ...]
    flags: tuple[str, ...]
    uses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CorpusCase:
    """One comparison: argument lists run one after the other in a folder with the given files of the project."""

    name: str
    program: str
    steps: tuple[tuple[str, ...], ...]
    stdin: bytes
    stdin_file: str | None
    files: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Project:
    """A project of the corpus; `version` is that of Debian's package."""

    name: str
    version: str
    prepare: tuple[str, ...]
    targets: tuple[Target, ...]
    cases: tuple[CorpusCase, ...]

    def target(self, name: str) -> Target:
        """The target of that name."""
        return next(target for target in self.targets if target.name == name)

    @property
    def fixture(self) -> Path:
        """The folder with our own files for the project."""
        return FIXTURES / "corpus" / self.name

    def path(self, root: Path, name: str) -> Path:
        """A file of the project, unpacked at `root`, or one of our own where it starts with `{fixture}`."""
        return root / name.replace("{fixture}", str(self.fixture))


def load_corpus() -> list[Project]:
    """Every project of the corpus file; an unknown key is a mistake and raises."""
    return [load_project(table) for table in tomllib.loads(CORPUS.read_text())["project"]]


def load_project(table: dict[str, object]) -> Project:
    """A `[[project]]` table."""
    check_keys(table, {"name", "package", "version", "sha256", "only", "prepare", "target", "case"})
    targets, cases, prepare = table.get("target", []), table.get("case", []), table.get("prepare", [])
    assert isinstance(targets, list) and isinstance(cases, list) and isinstance(prepare, list)
    name, version = str(table["name"]), str(table["version"])
    return Project(name, version, tuple(prepare), tuple(map(load_target, targets)), tuple(map(load_case, cases)))


def load_target(table: dict[str, list[str]]) -> Target:
    """A `[[project.target]]` table."""
    check_keys(table, {"name", "kind", "sources", "flags", "uses"})
    sources, flags, uses = (tuple(table.get(key, [])) for key in ("sources", "flags", "uses"))
    return Target(str(table["name"]), str(table["kind"]), sources, flags, uses)


def load_case(table: dict[str, object]) -> CorpusCase:
    """A `[[project.case]]` table."""
    check_keys(table, {"name", "program", "args", "steps", "stdin", "stdin_file", "files"})
    steps, files, stdin_file = table.get("steps", [table.get("args", [])]), table.get("files", {}), table.get("stdin_file")
    assert isinstance(steps, list) and isinstance(files, dict) and (stdin_file is None or isinstance(stdin_file, str))
    return CorpusCase(
        str(table["name"]), str(table["program"]), tuple(map(tuple, steps)), str(table.get("stdin", "")).encode(),
        stdin_file, tuple(files.items()),
    )  # fmt: skip


def check_keys(table: dict[str, object] | dict[str, list[str]], known: set[str]) -> None:
    """Raises for a key that nothing reads."""
    if unknown := set(table) - known:
        raise ValueError(f"unknown keys {sorted(unknown)}")


def prepare(project: Project, root: Path) -> None:
    """Runs the project's preparing shell lines in its folder, which must be a copy of the caller's own."""
    for line in project.prepare:
        subprocess.run(line, shell=True, cwd=root, check=True, env={**os.environ, "FIXTURE": str(project.fixture)})


def build(project: Project, program: Target, root: Path, out: Path) -> None:
    """Builds a program and the libraries that it uses with gcc into the file `out`."""
    objects: list[str] = []
    flags: list[str] = []
    for target in (program, *map(project.target, program.uses)):
        folder = Path(tempfile.mkdtemp(dir=out.parent))
        target_flags = [flag.replace("{fixture}", str(project.fixture)) for flag in target.flags]
        flags += [flag for flag in target_flags if flag.startswith("-l")]
        for number, source in enumerate(target.sources):
            name = str(folder / f"{number}.o")
            path = str(project.path(root, source))
            command = ["gcc", "-std=gnu17", "-O1", "-w", "-ffp-contract=off", *target_flags, "-c", path, "-o", name]
            subprocess.run(command, cwd=root, check=True)
            objects.append(name)
    subprocess.run(["gcc", *objects, "-o", str(out), *flags], check=True)


def run_case(project: Project, case: CorpusCase, executable: Path, root: Path) -> object:
    """What a case leaves: stdout and status of each step, and the files of the scratch folder."""
    set_child_limits()
    with tempfile.TemporaryDirectory(prefix="c2rs-corpus-") as scratch:
        folder = Path(scratch)
        for name, source in case.files:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(project.path(root, source), folder / name)
        stdin = case.stdin if case.stdin_file is None else project.path(root, case.stdin_file).read_bytes()
        steps = [run_in(executable, Case(case.name, args, stdin), folder, leaks=True)[:2] for args in case.steps]
        left = [(str(p.relative_to(folder)), p.read_bytes()) for p in sorted(folder.rglob("*")) if p.is_file()]
    return steps, left
