"""What a C function reaches of the world, in families: an answer may reach what the C does, and nothing else.

    puts("x"); return getenv("HOME");    ->    output, environment
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from c2rust_py.infer.library import LibraryEffect, library_functions


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BY_NAME = {
    "output": _names(
        """
        printf vprintf puts putchar putc fputc fputs fwrite fprintf vfprintf perror psignal putw dprintf vdprintf
        putchar_unlocked putc_unlocked fputc_unlocked fputs_unlocked fwrite_unlocked wprintf fwprintf vwprintf vfwprintf
        putwchar fputws putwc fputwc getopt getopt_long getopt_long_only print! eprint! printf! fprintf! println! eprintln!
        """
    ),
    "input": _names(
        """
        scanf vscanf fscanf vfscanf getchar getc fgetc fgets gets fread getline getdelim ungetc getw getchar_unlocked
        getc_unlocked fgetc_unlocked fgets_unlocked fread_unlocked wscanf fwscanf getwchar fgetws getwc fgetwc ungetwc
        """
    ),
    "environment": _names("getenv secure_getenv setenv unsetenv putenv clearenv &environ &program_invocation_name &program_invocation_short_name"),
    "process": _names(
        """
        exit _exit _Exit quick_exit abort atexit at_quick_exit system popen pclose signal raise kill alarm pause
        sigaction sigprocmask assert_fail __assert_fail
        """
    ),
    "random": _names(
        """
        rand srand rand_r random srandom initstate setstate drand48 erand48 lrand48 nrand48 mrand48 jrand48 srand48 seed48
        lcong48
        """
    ),
    "files": _names("mkstemp mkdtemp realpath"),
    "memory": _names(
        """
        malloc calloc realloc reallocarray free aligned_alloc posix_memalign memalign valloc strdup strndup qsort qsort_r
        bsearch sprintf snprintf vsprintf vsnprintf asprintf vasprintf sscanf vsscanf strtol strtoul strtoll strtoull strtod
        strtof strtold strtok strerror strsignal longjmp siglongjmp _longjmp swprintf vswprintf swscanf
        """
    ),
}  # fmt: skip
_BY_MODULE = {
    "time": "time", "sys_time": "time", "sys_times": "time", "signal": "process", "locale": "locale",
    "fcntl": "files", "unistd": "files", "dirent": "files", "sys_stat": "files", "sys_file": "files", "utime": "files",
    "stdio": "files",
}  # fmt: skip
_MACROS = {"print!": "output", "eprint!": "output", "println!": "output", "eprintln!": "output", "printf!": "output", "fprintf!": "output"}  # fmt: skip

_INNER = {"fprintf_in_memory": "output", "fwrite_values": "output", "fscanf_in_memory": "input", "fread_values": "input"}
"""What translations call in the place of library functions."""

REQUIRED = frozenset({"output", "files", "process"})
"""Families of which an answer has something where the C has something."""

SPOKEN = MappingProxyType(
    {
        "output": "output", "input": "input", "environment": "the environment", "process": "the process", "random": "the random numbers",
        "time": "the time", "locale": "the locale", "files": "files",
    }
)  # fmt: skip


@cache
def families() -> Mapping[str, str]:
    """The family of each library function that reaches out of its arguments, by its Rust name; of macros with a `!`."""
    by_name = {name: family for family, names in _BY_NAME.items() for name in names}
    found = _MACROS | _INNER
    for name, function in library_functions().items():
        module = function.module.removeprefix("c2rs_rt::").split("::")[0]
        family = by_name.get(name.split(" ")[0], _BY_MODULE.get(module, "memory"))
        if function.effect is LibraryEffect.OUTSIDE and family != "memory":
            found[f"{function.rust_name}!" if name.endswith("!") else function.rust_name] = family
    return MappingProxyType(found)


def families_of(words: Iterable[str]) -> frozenset[str]:
    """The families that C with these identifiers reaches; macros of the output count by their C functions."""
    known = families()
    by_name = {name: family for family, names in _BY_NAME.items() for name in names if family != "memory"}
    return frozenset(known.get(word) or by_name[word] for word in words if word in known or word in by_name)


@dataclass(frozen=True, slots=True)
class Access:
    """What an answer may and has to reach.

    words: the functions of the library that the C names, macros expanded. own: the function's Rust name. functions: the Rust names of the
    program's functions. called: those that the C names. required: those of them that do something that can be seen. idle: those of the words that
    the C only has where it never comes to.
    """

    words: frozenset[str]
    own: str
    functions: frozenset[str]
    called: frozenset[str]
    required: frozenset[str]
    idle: frozenset[str] = frozenset()

    @property
    def families(self) -> frozenset[str]:
        """What may be reached."""
        return families_of(self.words)

    @property
    def required_families(self) -> frozenset[str]:
        """What has to be reached."""
        return families_of(self.words - self.idle) & REQUIRED

    @property
    def threads(self) -> bool:
        return any(word.startswith(("pthread_", "thrd_")) for word in self.words)
