"""Functions that neither the program nor the runtime library has: why a function that calls one is a stub."""

from __future__ import annotations

from c2rust_py.diagnostics import Code, Span
from c2rust_py.to_rust.frame import Unsupported

_IMPOSSIBLE = frozenset(
    ["fork", "vfork", "clone", "execl", "execlp", "execle", "execv", "execvp", "execve", "fexecve", "posix_spawn", "posix_spawnp", "wait", "waitpid", "wait3", "wait4", "kill", "killpg", "socketpair", "ptrace", "setsid", "setpgid", "tcsetpgrp", "mmap", "munmap", "mremap", "mprotect", "msync", "mlock", "munlock", "shmat", "shmdt", "shmget", "brk", "sbrk", "dlopen", "dlsym", "dlclose", "dlerror", "pthread_create", "pthread_join", "pthread_detach", "pthread_cancel", "thrd_create", "thrd_join", "sigaction", "sigprocmask", "sigsuspend", "sigwait", "sigaltstack", "setitimer", "alarm", "fesetround", "fesetenv", "feupdateenv", "feenableexcept", "getcontext", "setcontext", "makecontext", "swapcontext"]
)
"""What takes a system call or an instruction that the safe standard library of Rust does not reach."""


def missing_function(symbol: str, span: Span) -> Unsupported:
    """Why the call of a function that is nowhere defined has no translation."""
    if symbol in _IMPOSSIBLE:
        return Unsupported(Code.LIBC_IMPOSSIBLE, f"`{symbol}` cannot be written in safe Rust", span)
    return Unsupported(Code.LIBC_MISSING, f"`{symbol}` is not defined in the program or the runtime library", span)
