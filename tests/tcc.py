"""tcc's own test programs (`tests/tests2`): what `fixtures/tcc_tests.toml` says of them, and how far c2rs comes with each."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from corpus import FIXTURES

from c2rust_py.diagnostics import CompileError, Severity
from c2rust_py.options import Options
from c2rust_py.oracle.batch import Batch, build_batch
from c2rust_py.oracle.build import CSource, build_c
from c2rust_py.oracle.compare import differences
from c2rust_py.oracle.run import run_case
from c2rust_py.pipeline import translate_crates
from c2rust_py.project import crate_name
from c2rust_py.rust_ir.nodes import Crate
from c2rust_py.settings import Case

TCC_TESTS = FIXTURES / "tcc_tests.toml"
SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class TccTest:
    """One of tcc's test programs; `differs` is the known reason why it does not do what gcc's build does."""

    name: str
    sources: tuple[Path, ...]
    flags: tuple[str, ...]
    case: Case
    differs: str | None


def read_tcc_tests(folder: Path) -> Iterator[TccTest]:
    """Those that are not excluded; their sources are in `folder`."""
    for table in tomllib.loads(TCC_TESTS.read_text())["test"]:
        if table["class"] == "excluded":
            continue
        names = table.get("sources", [f"{table['name']}.c"])
        files = tuple((name, (folder / name).read_bytes()) for name in table.get("files", []))
        case = Case("default", tuple(table.get("args", [])), b"", files)
        sources = tuple(folder / name for name in names)
        yield TccTest(table["name"], sources, tuple(table.get("flags", [])), case, table.get("differs"))


def check_tcc_tests(tests: Sequence[TccTest], out: Path) -> Iterator[tuple[TccTest, str]]:
    """Each test with what is wrong with it (nothing: it is equal), all of them built in one batch below `out`."""
    with ProcessPoolExecutor() as pool:
        crates = list(pool.map(translate_test, tests))
    out.mkdir(parents=True, exist_ok=True)
    batch = build_batch([crate for crate, _ in crates if crate is not None], out / "rust")
    for test, (crate, problem) in zip(tests, crates, strict=True):
        yield test, problem if crate is None else compare(test, crate, batch, out)


def translate_test(test: TccTest) -> tuple[Crate | None, str]:
    """The crate of a test under the test's own name, or None and why there is none."""
    try:
        translation = translate_crates(Options(test.sources, Path("unused"), flags=test.flags, jobs=1))
    except CompileError as failure:
        return None, str(failure)
    except Exception as defect:  # noqa: BLE001 - one program's defect must not hide the others' results
        return None, f"{type(defect).__name__}: {defect}"
    errors = [str(d) for d in translation.diagnostics if d.severity is Severity.ERROR]
    if errors or not translation.crates:
        return None, errors[0] if errors else "it has no program"
    return translation.crates[0], ""


def compare(test: TccTest, crate: Crate, batch: Batch, out: Path) -> str:
    """Runs the test built by gcc and by cargo; what differs."""
    if crate.name not in batch.programs:
        said = [str(message) for message in batch.messages.get(crate.name, ()) if message.level == "error"]
        return said[0] if said else "does not build"
    c = out / "c" / crate_name(test.name)
    build_c([CSource(str(path), test.flags, path.parent) for path in test.sources], (), c)
    expected = run_case(c, "program", test.case, SECONDS)
    return "; ".join(differences(expected, run_case(batch.programs[crate.name], "program", test.case, SECONDS)))
