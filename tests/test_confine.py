"""Confined runs: limits hold everywhere; with bubblewrap there is less of the system to see."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from threading import Event

import pytest

from c2rust_py.function_comparison import compare_functions
from c2rust_py.options import Options
from c2rust_py.oracle.build import CSource, build_c
from c2rust_py.oracle.confine import Confinement, has_bubblewrap
from c2rust_py.oracle.functions.verdicts import FunctionOptions
from c2rust_py.oracle.functions.verdicts import Outcome as FunctionOutcome
from c2rust_py.oracle.run import Outcome, run_case
from c2rust_py.pipeline import translate_project
from c2rust_py.settings import Case

PROBE = r"""
#include <arpa/inet.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
extern char **environ;
static int entries(const char *path) {
    int count = 0;
    DIR *dir = opendir(path);
    while (dir && readdir(dir)) count++;
    return count;
}
int main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    if (!strcmp(what, "spin")) for (;;) ;
    if (!strcmp(what, "eat")) { char *p = malloc(64ul << 20); puts(p ? "eaten" : "refused"); return !p; }
    if (!strcmp(what, "write")) {
        FILE *f = fopen("big", "w");
        for (int i = 0; i < 1 << 20; i++) fputs("0123456789abcdef", f);
        return fclose(f) != 0;
    }
    if (!strcmp(what, "environment")) { for (char **e = environ; *e; e++) puts(*e); return 0; }
    if (!strcmp(what, "link")) return symlink(argv[2], "left.txt") != 0;
    if (!strcmp(what, "outside")) { FILE *f = fopen(argv[2], "w"); puts(f ? "written" : "refused"); return 0; }
    if (!strcmp(what, "fork")) {
        int count = 0, child;
        while (count < 100 && (child = fork()) > 0) count++;
        if (child == 0) return sleep(300);
        printf("%d\n", count);
        return 0;
    }
    if (!strcmp(what, "leave")) {
        int child = fork();
        if (child == 0) return sleep(300);
        printf("%d\n", child);
        return 0;
    }
    if (!strcmp(what, "processes")) { printf("%d\n", entries("/proc") < 100 && getpid() < 20); return 0; }
    if (!strcmp(what, "hidden")) { printf("%d\n", entries("/root") <= 2 && entries("/home") <= 2); return 0; }
    if (!strcmp(what, "network")) {
        struct sockaddr_in to = {AF_INET, htons(atoi(argv[2])), {htonl(INADDR_LOOPBACK)}};
        puts(connect(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&to, sizeof to) ? "refused" : "connected");
        return 0;
    }
    FILE *f = fopen("left.txt", "w");
    printf("%s %s", argv[0], fgets((char[9]){0}, 9, stdin) ? "read" : "nothing");
    fputs("left", f);
    return 3;
}
"""
with_bubblewrap = pytest.mark.skipif(not has_bubblewrap(), reason="there is no bubblewrap, or it may not make namespaces")


@pytest.fixture(scope="module")
def probe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("probe")
    (folder / "probe.c").write_text(PROBE)
    build_c([CSource("probe.c", (), folder)], (), folder / "bin" / "probe")
    return folder / "bin" / "probe"


def confined(probe: Path, *args: str, stdin: bytes = b"", timeout: float = 10.0, **limits: int | bool) -> Outcome:
    return run_case(probe, "name", Case("c", args, stdin), timeout, Confinement(**limits))  # type: ignore[arg-type]


@pytest.mark.parametrize("bubblewrap", [False, pytest.param(True, marks=with_bubblewrap)])
class TestLimits:
    def test_a_run_is_as_it_would_be(self, probe: Path, bubblewrap: bool) -> None:
        outcome = confined(probe, stdin=b"in", bubblewrap=bubblewrap)
        assert (outcome.stdout, outcome.status, outcome.files) == (b"name read", 3, (("left.txt", b"left"),))

    def test_time_ends(self, probe: Path, bubblewrap: bool) -> None:
        assert confined(probe, "spin", timeout=0.3, bubblewrap=bubblewrap).timed_out

    def test_processor_time_ends(self, probe: Path, bubblewrap: bool) -> None:
        command = Confinement(bubblewrap=bubblewrap).command(probe, ["name", "spin"], probe.parent, 0.1)
        assert "--cpu=2" in command

    def test_memory_ends(self, probe: Path, bubblewrap: bool) -> None:
        assert confined(probe, "eat", bubblewrap=bubblewrap).stdout == b"eaten\n"
        assert confined(probe, "eat", bubblewrap=bubblewrap, memory=48 << 20).stdout == b"refused\n"

    def test_files_end(self, probe: Path, bubblewrap: bool) -> None:
        assert confined(probe, "write", bubblewrap=bubblewrap).status == 0
        outcome = confined(probe, "write", bubblewrap=bubblewrap, file_size=1 << 20)
        assert outcome.status != 0 and all(len(data) <= 1 << 20 for _, data in outcome.files)

    def test_no_environment_is_inherited(
        self, probe: Path, bubblewrap: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("C2RS_API_KEY", "secret")
        assert b"secret" not in confined(probe, "environment", bubblewrap=bubblewrap).stdout


def test_what_a_run_leaves_running_ends_with_it(probe: Path) -> None:
    left = Path("/proc", confined(probe, "leave", bubblewrap=False).stdout.decode().strip(), "stat")
    for _ in range(200):
        state = left.read_text().rpartition(")")[2].split()[0] if left.exists() else "gone"
        if state in ("gone", "Z"):  # whoever is there for orphans may not have looked yet
            return
        Event().wait(0.05)
    raise AssertionError(f"it is there still, in state {state}")


@pytest.mark.skipif(os.getuid() == 0, reason="Linux has no limit for root's processes")
@pytest.mark.parametrize("bubblewrap", [False, pytest.param(True, marks=with_bubblewrap)])
def test_processes_end(probe: Path, bubblewrap: bool) -> None:
    assert int(confined(probe, "fork", processes=20, bubblewrap=bubblewrap).stdout) <= 20


@pytest.mark.slow
def test_memory_of_compared_functions_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limits of address space leave room for what sanitizers reserve: within a run, there are others."""
    if "CARGO_TARGET_DIR" not in os.environ:
        monkeypatch.setenv("CARGO_TARGET_DIR", str(tmp_path / "target"))
    source, out = tmp_path / "p.c", tmp_path / "out"
    source.write_text("int same(int x) { return x; }\n")
    translate_project(Options((source,), out, check=False))
    module = out / "crates/p/src/p.rs"
    greedy = "    let mut room: Vec<u64> = Vec::with_capacity(12 << 27);\n    room.push(x as u64);\n    std::hint::black_box(&room)[0] as i32\n"
    module.write_text(module.read_text().replace("    x\n", greedy))
    (verdict,) = compare_functions(source, out, options=FunctionOptions(count=100, jobs=1, confinement=Confinement()))
    assert verdict.outcome is FunctionOutcome.CRASHES, verdict


def test_links_are_not_followed(probe: Path) -> None:
    """What a confined run is not shown, its files do not bring in."""
    outcome = confined(probe, "link", "/etc/passwd")
    assert (outcome.status, outcome.files) == (0, (("left.txt", b"a link to /etc/passwd"),))


@with_bubblewrap
def test_nothing_outside_of_the_scratch_folder_is_written(probe: Path, tmp_path: Path) -> None:
    target = tmp_path / "outside"
    confined(probe, "outside", str(target))
    confined(probe, "outside", "/usr/c2rs-was-here")
    assert not target.exists() and not Path("/usr/c2rs-was-here").exists()
    assert confined(probe, "outside", str(target), bubblewrap=False).stdout == b"written\n"


@with_bubblewrap
def test_other_processes_and_homes_are_not_seen(probe: Path) -> None:
    assert confined(probe, "processes").stdout == b"1\n"
    assert confined(probe, "hidden").stdout == b"1\n"


@with_bubblewrap
def test_there_is_no_network(probe: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        assert confined(probe, "network", port, bubblewrap=False).stdout == b"connected\n"
        assert confined(probe, "network", port).stdout == b"refused\n"
