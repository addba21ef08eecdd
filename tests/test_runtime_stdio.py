"""The runtime's stdio against glibc's: generated calls, the same in C and for the runtime's case runner.

The runner (`cargo_harness/runtime/examples/stdio_cases.rs`) reads the cases; for gcc they become a C program. Random scripts of
stream operations are run by one interpreter in C and one in Rust.
"""

from __future__ import annotations

import os
import random
import struct
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
RUNTIME = ROOT / "cargo_harness" / "runtime"

C_PROLOGUE = r"""
#include <errno.h>
#include <stdio.h>
#include <string.h>
static void print_hex(const void *at, size_t n) {
    const unsigned char *p = at;
    while (n--) printf("%02x", *p++);
}
static double bits(unsigned long u) { double d; memcpy(&d, &u, 8); return d; }
static char text[8192], target[8][64];
static void report(int result, int error, int n, const int *sizes) {
    printf("%d %d", result, error);
    for (int i = 0; i < n; i++) { printf(" "); print_hex(target[i], sizes[i]); memset(target[i], 0, 64); }
}
static FILE *open_text(const char *s) { FILE *f = tmpfile(); fputs(s, f); rewind(f); return f; }
static void report_rest(FILE *f) {
    int c;
    printf(" %d %ld ", feof(f) ? 1 : 0, ftell(f));
    while ((c = fgetc(f)) != EOF) printf("%02x", c);
    printf("\n");
    fclose(f);
}
#define PRINT(...) { \
    errno = 0; \
    int r = snprintf(text, sizeof text, __VA_ARGS__); \
    printf("%d %d ", r, errno); \
    if (r >= 0) print_hex(text, strlen(text)); \
    printf("\n"); }
#define SCAN(input, n, sizes, ...) { \
    errno = 0; int r = sscanf(input, __VA_ARGS__); report(r, errno, n, sizes); printf(" | "); \
    FILE *f = open_text(input); errno = 0; r = fscanf(f, __VA_ARGS__); report(r, errno, n, sizes); report_rest(f); }
"""


@dataclass(frozen=True, slots=True)
class Case:
    """One call: a line for the runner and a statement of C."""

    line: str
    statement: str


def c_string(data: bytes) -> str:
    return '"' + "".join(f"\\{byte:03o}" for byte in data) + '"'


def hexadecimal(data: bytes) -> str:
    return data.hex()


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the runtime's example programs."""
    target = Path(os.environ.get("CARGO_TARGET_DIR") or tmp_path_factory.mktemp("target"))
    command = ["cargo", "build", "--quiet", "--offline", "--examples", "--target-dir", str(target)]
    subprocess.run(command, cwd=RUNTIME, check=True)
    return target / "debug" / "examples"


@pytest.fixture
def runner(examples: Path) -> Path:
    return examples / "stdio_cases"


def compile_c(folder: Path, source: str) -> Path:
    (folder / "cases.c").write_text(source)
    binary = folder / "cases"
    subprocess.run(["gcc", "-w", "-O0", "-o", binary, folder / "cases.c"], check=True)
    return binary


def compare(runner: Path, folder: Path, cases: Sequence[Case]) -> None:
    """Runs all cases on both sides; names the first that differs."""
    functions = []
    for start in range(0, len(cases), 200):
        body = "\n".join(case.statement for case in cases[start : start + 200])
        functions.append(f"static void part{start}(void) {{\n{body}\n}}\n")
    calls = "".join(f"part{start}();" for start in range(0, len(cases), 200))
    binary = compile_c(folder, C_PROLOGUE + "".join(functions) + f"int main(void) {{ {calls} return 0; }}")
    expected = subprocess.run([binary], capture_output=True, text=True, check=True).stdout.splitlines()
    lines = "".join(case.line + "\n" for case in cases)
    run = subprocess.run([runner], check=False, input=lines, capture_output=True, text=True)
    actual = run.stdout.splitlines()
    for case, theirs, ours in zip(cases, expected, actual, strict=False):
        assert ours == theirs, case.statement
    assert (run.returncode, run.stderr) == (0, "")
    assert len(actual) == len(expected) == len(cases)


INTEGERS = [0, 1, -1, 7, 42, -128, 255, 256, 65535, -32769, 2**31 - 1, -(2**31), 2**32, 2**63 - 1, -(2**63), 2**64 - 1]
DOUBLES = [
    0.0, -0.0, 1.0, -1.0, 0.5, 1.5, 2.5, 0.25, 0.125, 0.35, 9.5, 99.5, 999999.5, 9999995.0, 0.1, 1 / 3, 1e15, 1e16, 1e17,
    1e22, 1e23, 123456789.0, 1e-4, 9.9995e-5, 1e-5, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 1e100,
    float("inf"), float("-inf"), float("nan"), 65504.0, 2.0**-1074 * 3, 4503599627370495.5, 0.000123456, 100000.0,
    1000000.0, 8.5, 0.0625, 15.9375, 1.0 + 2.0**-52,
]  # fmt: skip
TEXTS = [b"", b"a", b"hello", b"two words", b"\xff\x80", b"0123456789" * 5]


def random_double(rng: random.Random) -> int:
    choice = rng.random()
    if choice < 0.4:
        value = rng.choice(DOUBLES)
    elif choice < 0.6:
        return rng.getrandbits(64)
    elif choice < 0.8:
        value = rng.randrange(-(10**6), 10**6) / 2 ** rng.randrange(0, 12)
    else:
        value = round(rng.uniform(-1000, 1000), rng.randrange(0, 6)) * 10.0 ** rng.randrange(-10, 25)
    return int.from_bytes(struct.pack("<d", value), "little")


def random_count(rng: random.Random, most: int) -> tuple[bytes, list[tuple[str, str]]]:
    """A width or precision, perhaps as an argument."""
    if rng.random() < 0.2:
        value = rng.randrange(-most, most)
        return b"*", [(f"i:{value}", str(value))]
    return str(rng.randrange(0, most)).encode(), []


def c_integer(value: int, length: bytes) -> str:
    if length in (b"", b"h", b"hh"):
        return f"(int){value & 0xFFFFFFFF}u"
    return f"(long){value & (2**64 - 1)}ul"


def random_argument(rng: random.Random, conversion: bytes, length: bytes) -> tuple[str, str]:
    """An argument for the runner and in C."""
    if conversion in b"eEfFgGaA":
        bits = random_double(rng)
        call = f"bits({bits}ul)"
        return f"f:{bits}", f"(long double){call}" if length == b"L" else call
    if conversion == b"s":
        if rng.random() < 0.1:
            return "null", "(char *)0"
        text = rng.choice(TEXTS)
        return f"s:{hexadecimal(text)}", c_string(text)
    if conversion == b"c":
        value = rng.randrange(1, 256)
        return f"i:{value}", str(value)
    if conversion == b"p":
        return "null", "(void *)0"
    value = rng.choice(INTEGERS) if rng.random() < 0.5 else rng.getrandbits(64) - 2**63
    return f"i:{value}", c_integer(value, length)


def random_printf(rng: random.Random) -> Case:
    format_text = b""
    args: list[tuple[str, str]] = []
    for _ in range(rng.randrange(1, 4)):
        format_text += rng.choice([b"", b"x=", b" ", b"%%", b"[\n]"])
        conversion = bytes([rng.choice(b"ddiuoxXcsspeEfFgGaAb%fgeky")])
        length = b""
        if conversion in b"diuoxXb":
            length = rng.choice([b"", b"", b"hh", b"h", b"l", b"ll", b"j", b"z", b"t"])
        elif conversion in b"eEfFgGaA":
            length = rng.choice([b"", b"", b"", b"l", b"L"])
        flags = b"".join(bytes([flag]) for flag in b"-+ #0'" if rng.random() < 0.2)
        width, width_args = random_count(rng, 24) if rng.random() < 0.5 else (b"", [])
        if not flags.endswith(b"0") and width.startswith(b"0"):
            width = b""
        precision, precision_args = random_count(rng, rng.choice([3, 12, 70])) if rng.random() < 0.5 else (b"", [])
        dot = b"." if precision or rng.random() < 0.1 else b""
        format_text += b"%" + flags + width + dot + precision + length + conversion
        args += width_args + precision_args
        if conversion not in b"%ky":
            args.append(random_argument(rng, conversion, length))
    return printf_case(format_text, args)


def printf_case(format_text: bytes, args: Sequence[tuple[str, str]]) -> Case:
    line = " ".join(["printf", hexadecimal(format_text), *(ours for ours, _ in args)])
    return Case(line, f"PRINT({', '.join([c_string(format_text), *(theirs for _, theirs in args)])})")


def test_printf_agrees_with_glibc(runner: Path, tmp_path: Path) -> None:
    rng = random.Random(20240501)
    compare(runner, tmp_path, [random_printf(rng) for _ in range(3000)])


def test_printf_of_every_double_at_every_precision(runner: Path, tmp_path: Path) -> None:
    cases = []
    for value in DOUBLES:
        bits = int.from_bytes(struct.pack("<d", value), "little")
        for conversion in "eEfgGa":
            for flags in ("", "#", "+020", "-12"):
                for precision in ("", ".0", ".1", ".2", ".5", ".15", ".17", ".60", ".1200"):
                    text = f"%{flags}{precision}{conversion}".encode()
                    cases.append(printf_case(text, [(f"f:{bits}", f"bits({bits}ul)")]))
    compare(runner, tmp_path, random.Random(1).sample(cases, 3000))


def test_printf_with_numbered_arguments(runner: Path, tmp_path: Path) -> None:
    numbers = [("i:5", "5"), ("i:-3", "-3"), ("s:6162", '"ab"')]
    formats = [b"%2$d %1$d %3$s", b"%3$s%3$s", b"%1$*2$d|%3$s", b"%3$.*1$s %2$d", b"%2$05d %1$x %3$s"]
    compare(runner, tmp_path, [printf_case(text, numbers) for text in formats])


def test_printf_of_invalid_formats(runner: Path, tmp_path: Path) -> None:
    formats = [
        b"%",
        b"abc%",
        b"%5",
        b"%-",
        b"%l",
        b"%.",
        b"%99999999999d",
        b"%.99999999999d",
        b"%2147483648d",
        b"%!|%5.2k",
    ]
    compare(runner, tmp_path, [printf_case(text, [("i:5", "5")]) for text in formats])


SCAN_TEXTS = [
    b"", b" ", b"12", b"-12", b"+7", b"12abc", b"0x1F", b"0x", b"0xg", b"0", b"007", b"089", b"-", b"+", b"- 5", b"abc",
    b"a b c", b"1,2", b"1.5", b".5", b"5.", b".", b"1e5", b"1e", b"1e+", b"1e+5x", b"-1.5e-3", b"1e400", b"-1e400",
    b"1e-400", b"4.9e-324", b"2e-308", b"inf", b"-infinity", b"infx", b"infinit", b"nan", b"nanx", b"na", b"nax", b"0x1p4",
    b"0x1.8p-1", b"0x.8", b"0xp1", b"0x.p1", b"99999999999", b"-99999999999", b"99999999999999999999",
    b"-99999999999999999999", b"18446744073709551615", b"-1", b"[x]", b"]x", b"--x", b"(nil)", b"(nix)", b"50%", b"a\nb",
    b"\t\n 42", b"\xff\x80x", b"hello world", b"12:34:56", b"x=5 y=6", b"00012", b"1e5e5", b"1.2.3", b"0b101", b"3.4028236e38",
]  # fmt: skip
SCAN_FORMATS: list[tuple[bytes, list[int]]] = [
    (b"%d", [4]), (b"%i", [4]), (b"%u", [4]), (b"%x", [4]), (b"%o", [4]), (b"%X%n", [4, 4]), (b"%hd", [2]), (b"%hhd", [1]),
    (b"%ld", [8]), (b"%lld", [8]), (b"%lu", [8]), (b"%hhx", [1]), (b"%zu", [8]), (b"%jd", [8]), (b"%td", [8]), (b"%p", [8]),
    (b"%f", [4]), (b"%lf", [8]), (b"%le%n", [8, 4]), (b"%g", [4]), (b"%la", [8]), (b"%3lf", [8]), (b"%1f%n", [4, 4]),
    (b"%2lf%c", [8, 1]), (b"%c", [1]), (b"%3c", [3]), (b"%s", [60]), (b"%2s", [60]), (b"%s%n", [60, 4]), (b"%*d%s", [60]),
    (b"%*s%d", [4]), (b"%[a-z]", [60]), (b"%[^ ]", [60]), (b"%[]x]", [60]), (b"%[^]x]", [60]), (b"%[-x]", [60]),
    (b"%[x-]", [60]), (b"%[0-9]%[a-z]", [60, 60]), (b"%2[0-9a-f]%s", [60, 60]), (b"%[z-a]", [60]), (b"%[", []),
    (b"%d,%d", [4, 4]), (b"%d:%d:%d", [4, 4, 4]), (b"%d%%", [4]), (b" %d ", [4]), (b"x=%d y=%d", [4, 4]), (b"%d %d", [4, 4]),
    (b"%n", [4]), (b"%d%n%d%n", [4, 4, 4, 4]), (b"%1d%1d%1d", [4, 4, 4]), (b"%2i", [4]), (b"%3x%n", [4, 4]), (b"%*[a-z]%d", [4]),
    (b"%5s%hn", [60, 2]), (b"a", []), (b" ", []), (b"", []), (b"%", []), (b"%y", []), (b"%2$d%1$s", [60, 4]), (b"%*c%d", [4]),
    (b"%c%c%c", [1, 1, 1]), (b"%*d", []), (b"%0d", [4]), (b"%5p", [8]), (b"%4p", [8]), (b"%s %s %s", [60, 60, 60]), (b"%lf %lf", [8, 8]),
    (b"%3lf%3lf%s", [8, 8, 60]), (b"%1d%f%n", [4, 4, 4]), (b"%lc", [4]), (b"%5ls", [60]), (b"%9l[a-z]", [60]),
]  # fmt: skip


def scanf_case(text: bytes, format_text: bytes, sizes: Sequence[int]) -> Case:
    line = " ".join(["scanf", hexadecimal(text) or "-", hexadecimal(format_text) or "-", *map(str, sizes)])
    targets = "".join(f", target[{index}]" for index in range(len(sizes)))
    sizes_text = f"(int[]){{{', '.join(map(str, sizes)) or '0'}}}"
    macro_sizes = f"({sizes_text})"
    return Case(line, f"SCAN({c_string(text)}, {len(sizes)}, {macro_sizes}, {c_string(format_text)}{targets})")


def test_scanf_agrees_with_glibc(runner: Path, tmp_path: Path) -> None:
    cases = [scanf_case(text, form, sizes) for text in SCAN_TEXTS for form, sizes in SCAN_FORMATS]
    compare(runner, tmp_path, random.Random(7).sample(cases, 2500))


def test_scanf_of_random_numbers(runner: Path, tmp_path: Path) -> None:
    rng = random.Random(99)
    alphabet = b"0123456789+-.eExXpPaAfF ninfNIty(),"
    cases = []
    for _ in range(2000):
        text = bytes(rng.choice(alphabet) for _ in range(rng.randrange(0, 14)))
        form, sizes = rng.choice(SCAN_FORMATS)
        cases.append(scanf_case(text, form, sizes))
    compare(runner, tmp_path, cases)


READS = ["getc 0", "getc 0", "gets 5", "gets 40", "gets 1", "read 10 1", "read 3 7", "read 9000 1", "read 5000 3",
         "getline 10", "getline 97", "scan 0", "ungetc 120"]  # fmt: skip
WRITES = ["write 10 0", "write 5000 3", "write 4096 0", "write 30000 1", "putc 10", "putc 353", "puts", "printf -5"]
ALWAYS = ["tell", "state", "flush", "clear"]
MODES = ["r", "w", "a", "r+", "w+", "a+", "rb", "wb+", "wx", "w+x", "r+b"]


def random_script(rng: random.Random) -> list[str]:
    """Operations whose order C11 7.21.5.3 allows: a seek or flush between writing and reading."""
    script: list[str] = []
    for _ in range(12):
        mode = rng.choice(MODES)
        if "x" in mode or "w" not in mode and not script:
            script += ["open 0 0 w", "puts", "printf 12", "write 9000 0", "close"]
        script.append(f"open 0 0 {mode}")
        if "x" in mode:
            continue
        if rng.random() < 0.3:
            script.append(f"buffer {rng.randrange(3)} 0")
        reads, writes = "r" in mode or "+" in mode, mode[0] in "wa" or "+" in mode
        script += random_operations(rng, reads, writes)
        if rng.random() < 0.2:
            script.append("reopen 0 0 r+")
            script += random_operations(rng, True, True)
        script.append("close")
        script.append("size")
    return script


def random_operations(rng: random.Random, reads: bool, writes: bool) -> list[str]:
    script = []
    writing = None
    for _ in range(rng.randrange(1, 25)):
        if rng.random() < 0.25:
            script.append(rng.choice([*ALWAYS, f"seek {rng.randrange(-20, 12000)} {rng.randrange(3)}", "rewind"]))
            if script[-1] not in ("flush", "rewind") and not script[-1].startswith("seek"):
                continue
            writing = None if writing or script[-1] != "flush" else writing
            continue
        wants_write = writes and (not reads or rng.random() < 0.5)
        if reads and writes and writing not in (None, wants_write):
            script.append(f"seek {rng.randrange(0, 9000)} 0")
        writing = wants_write
        # What the stream is not open for is an error, which must look the same.
        operations = WRITES if wants_write or not reads and rng.random() < 0.9 else READS
        operation = rng.choice(operations)
        if operation.startswith("ungetc"):
            # glibc goes astray where no byte was read before, and on fflush after it.
            operation = "getc 0\n" + operation + rng.choice(["\ngetc 0", "\ntell\nread 3 7", "\nscan 0", "\nseek 1 1"])
        script += operation.split("\n")
    return script


def test_streams_agree_with_glibc(examples: Path, tmp_path: Path) -> None:
    oracle = tmp_path / "oracle"
    subprocess.run(["gcc", "-w", "-o", oracle, ROOT / "fixtures" / "runtime" / "stream_script.c"], check=True)
    rng = random.Random(4711)
    for number in range(40):
        script = random_script(rng)
        results = []
        for side, program in (("c", oracle), ("rust", examples / "stream_script")):
            folder = tmp_path / f"{number}{side}"
            folder.mkdir()
            run = subprocess.run(
                [program], input="\n".join(script) + "\n", cwd=folder, check=True, capture_output=True, text=True
            )
            scratch = folder / "scratch"
            results.append((run.stdout.splitlines(), scratch.read_bytes() if scratch.exists() else None))
        (theirs, their_file), (ours, our_file) = results
        for index, operation in enumerate(script):
            assert ours[index] == theirs[index], (number, script[max(0, index - 8) : index + 1], operation)
        assert our_file == their_file
