"""The C functions that the runtime crate provides, read from its source.

The runtime declares each C function as a top-level `pub fn` in the module of its header, so the rustfmt-ed source is the one
place where a function's Rust type stands, and nothing can disagree with it:

    // cargo_harness/runtime/src/string.rs
    #[track_caller]
    pub fn strlen(s: Ptr<u8>, mem: &Memory) -> u64 {

    library_functions()["strlen"] == LibraryFunction("strlen", "strlen", "c2rs_rt::string", Context.SHARED, ...)

A folder is one header's module: what its `mod.rs` re-exports (`pub use chars::*`) are C functions, its `pub mod`s are
interfaces for generated code.

A function that runs function pointers it was not given as arguments has a *dispatcher* instead, which is no C parameter:

    pub fn raise<C: Context>(sig: i32, mut call: impl FnMut(&mut C, FnPtr<fn(i32)>, i32), cx: &mut C) -> i32 {
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cache
from pathlib import Path
from types import MappingProxyType

from c2rust_py.infer.rust_signatures import (
    RustSignature,
    closing_bracket,
    public_functions,
    split_commas,
    strip_comments,
)
from c2rust_py.infer.signatures import ErasedSignature
from c2rust_py.ir.types import BOOL, DOUBLE, INT, LONG, VOID, VOID_POINTER, Type

RUNTIME_SOURCE = Path(__file__).parents[2] / "cargo_harness" / "runtime" / "src"
"""The runtime crate's source."""


WITH_MEMORY = " with memory"
"""What the symbol of a format macro ends in that takes pointers among its arguments."""


class ContextKind(Enum):
    """What a library function takes of the program's context."""

    NONE = "none"
    SHARED = "&Memory"
    EXCLUSIVE = "&mut Memory"
    CALLBACK = "&mut impl Context"


class ContextPosition(Enum):
    """Where among the parameters the context stands."""

    FIRST = "first"
    LAST = "last"


class LibraryEffect(Enum):
    """What a library function does beside computing its result.

    PURE: nothing, and the result depends on the arguments only. READS: nothing, but it reads memory. WRITES: it reads and
    writes memory, nothing else. OUTSIDE: it may use or change the library's own state or the world, and memory as far as
    its context allows.
    """

    PURE = "pure"
    READS = "reads"
    WRITES = "writes"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class LibraryFunction:
    """One C function of the runtime.

    params, result: the Rust types of the C parameters as text, without the context and the variable arguments; names: the
    parameters' names.
    callbacks: the positions among `params` of function pointers that are generic callbacks (`impl FnMut(&mut C, ..)`).
    dispatches: the signature of the function pointers that it calls through its dispatcher.
    diverges: it does not return.
    """

    name: str
    rust_name: str
    module: str
    context: ContextKind
    context_position: ContextPosition | None
    params: tuple[str, ...]
    result: str
    variadic: bool
    callbacks: tuple[int, ...]
    diverges: bool
    effect: LibraryEffect
    dispatches: ErasedSignature | None = None
    names: tuple[str, ...] = ()


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NOT_HEADERS = frozenset({"lib", "memory", "slices", "start"})
"""Modules that are the crate's own, not a C header's."""
_NOT_C = frozenset({("errno", "get"), ("errno", "set")})
"""What generated code uses for the C lvalue `errno`."""

_OBJECTS = frozenset({"environ", "tzname", "program_invocation_name", "program_invocation_short_name"})
"""Objects of the library that lie in memory: their accessors in `pub mod globals` give the address."""

_ADDRESS = "_address"
"""What the name of an accessor ends with that gives the address of a variable which has a getter and a setter, too."""

_FORMS = {
    "exit_with": ("exit", "handlers", _names("atexit")),
    "abort_with": ("abort", "handlers", _names("signal")),
} | {
    f"{name}_with_memory": (name, "memory", _names("fmemopen open_memstream"))
    for name in ("fclose", "fflush", "fflush_unlocked", "fseek", "fseeko", "fsetpos", "rewind")
}
"""The forms of functions for programs that register handlers or open streams on memory, by their Rust names: which C
function each stands for, what it comes with, and which functions register or open."""

_SYMBOLS = {
    ("libgen", "basename"): "__xpg_basename",
    ("string", "gnu_basename"): "basename",
    ("string", "gnu_strerror_r"): "strerror_r",
    ("string", "strerror_r"): "__xpg_strerror_r",
}
"""glibc's symbols where they differ from the Rust names: two names of POSIX are those of GNU functions there."""

_ERASED: Mapping[str, Type] = {
    "()": VOID, "bool": BOOL, "i32": INT, "u32": INT, "i64": LONG, "u64": LONG, "f64": DOUBLE, "Ptr": VOID_POINTER,
}  # fmt: skip
"""What stands for a Rust type in erased signatures."""

_PURE = _names(
    """
    isalnum isalpha isblank iscntrl isdigit isgraph islower isprint ispunct isspace isupper isxdigit isascii toascii
    tolower toupper abs labs llabs imaxabs div ldiv lldiv imaxdiv difftime ffs ffsl ffsll
    htonl htons ntohl ntohs makedev major minor
    acos asin atan atan2 cos sin tan cosh sinh tanh acosh asinh atanh exp exp2 expm1 exp10 log log10 log1p log2 logb ilogb
    pow sqrt cbrt hypot erf erfc tgamma ceil floor trunc round nearbyint rint lround llround lrint llrint fabs fmod
    remainder fdim fmax fmin fma copysign nextafter nexttoward ldexp scalbn scalbln
    acosf asinf atanf atan2f cosf sinf tanf coshf sinhf tanhf acoshf asinhf atanhf expf exp2f expm1f exp10f logf log10f
    log1pf log2f logbf ilogbf powf sqrtf cbrtf hypotf erff erfcf tgammaf ceilf floorf truncf roundf nearbyintf rintf
    lroundf llroundf lrintf llrintf fabsf fmodf remainderf fdimf fmaxf fminf fmaf copysignf nextafterf ldexpf scalbnf
    acosl asinl atanl atan2l cosl sinl tanl expl logl log10l log2l powl sqrtl cbrtl hypotl ceill floorl truncl roundl
    rintl fabsl fmodl fdiml fmaxl fminl fmal copysignl ldexpl
    creal cimag cabs carg conj cproj cexp clog csqrt cpow csin ccos ctan csinh ccosh ctanh
    crealf cimagf cabsf cargf conjf cprojf cexpf clogf csqrtf cpowf creall cimagl cabsl cargl conjl cprojl cexpl clogl csqrtl
    """
)
"""Functions of their arguments alone. (That some set errno on a domain error matters to no order of evaluation that a
program can rely on: they are not dropped where their result is unused.)"""

_READS = _names(
    """
    strlen strnlen strcmp strncmp strcasecmp strncasecmp strcoll memcmp bcmp strchr strrchr strchrnul index rindex strstr
    strcasestr strspn strcspn strpbrk memchr memrchr memmem rawmemchr atoi atol atoll atof
    """
)
"""Functions that only look at the memory they are given."""

_WRITES = _names(
    """
    memcpy memmove mempcpy memccpy memset bcopy bzero explicit_bzero strcpy strncpy stpcpy stpncpy strcat strncat strlcpy
    strlcat strsep strtok_r strrev swab frexp frexpf frexpl modf modff modfl
    """
)
"""Functions that read and write memory and nothing else."""


@cache
def library_functions(source: Path = RUNTIME_SOURCE) -> Mapping[str, LibraryFunction]:
    """Every C function that the runtime at `source` provides, by its C name.

    Raises `FileNotFoundError` where there is no runtime, and `ValueError` where two modules declare one name.
    """
    found: dict[str, LibraryFunction] = {}
    for module, text in _header_modules(source):
        for signature in public_functions(text):
            function = _function(signature, f"c2rs_rt::{module}")
            if (module, function.name) in _NOT_C:
                continue
            function = replace(function, name=_SYMBOLS.get((module, function.name), function.name))
            if function.name in _FORMS:
                function = replace(function, name=_form_key(function.name))
            if function.name in found:
                raise ValueError(f"{function.name} is in {found[function.name].module} and in {function.module}")
            found[function.name] = function
        for name in _named_globals(text):
            if name in _OBJECTS or name.endswith(_ADDRESS):
                found[f"&{name.removesuffix(_ADDRESS)}"] = _object_address(name, module)
    found |= {macro.name: macro for macro in _output_macros(source)}
    return MappingProxyType(dict(sorted(found.items())))


def library_of(library: Mapping[str, LibraryFunction], used: Container[str]) -> Mapping[str, LibraryFunction]:
    """The library as a program sees it that uses these functions: where it registers handlers, `exit` runs them."""
    wanted = {name: _form_key(form) for form, (name, _, by) in _FORMS.items() if any(user in used for user in by)}
    forms = {name: library[key] for name, key in wanted.items() if key in library}
    return MappingProxyType({**library, **forms})


def _form_key(rust_name: str) -> str:
    """What a form is called in the library, which is no C name: `exit with handlers`."""
    name, what, _ = _FORMS[rust_name]
    return f"{name} with {what}"


def _named_globals(text: str) -> frozenset[str]:
    """The words of a header's `pub mod globals`, which has accessors for the variables that C declares there."""
    body = re.search(r"^pub mod globals \{$(.*?)^\}$", text, re.MULTILINE | re.DOTALL)
    return frozenset(re.findall(r"\w+", body[1]) if body else ())


def _object_address(name: str, module: str) -> LibraryFunction:
    """What `normalise.lower_library_objects` calls for the address of an object."""
    context, position = ContextKind.EXCLUSIVE, ContextPosition.LAST
    path, effect = f"c2rs_rt::{module}::globals", LibraryEffect.OUTSIDE
    symbol = f"&{name.removesuffix(_ADDRESS)}"
    return LibraryFunction(symbol, name, path, context, position, (), "Ptr<_>", False, (), False, effect)


def _output_macros(source: Path) -> Iterator[LibraryFunction]:
    """The macros that `normalise.lower_output` and `lift.library` call: a literal format with numbers and what is lent. With
    the program's memory they take pointers, too."""
    kinds = {
        "print": (("&str",), "()"),
        "eprint": (("&str",), "()"),
        "printf": (("&str",), "i32"),
        "fprintf": (("Ptr<File>", "&str"), "i32"),
        "sprintf": (("&mut [u8]", "&str"), "i32"),
        "snprintf": (("&mut [u8]", "u64", "&str"), "i32"),
        "scanf": (("&str",), "i32"),
        "fscanf": (("Ptr<File>", "&str"), "i32"),
        "sscanf": (("&[u8]", "&str"), "i32"),
    }
    file = source / "stdio" / "out.rs"
    for name in re.findall(r"^macro_rules! (\w+) ", file.read_text() if file.exists() else "", re.MULTILINE):
        if name in kinds:
            params, result = kinds[name]
            context, effect = ContextKind.NONE, LibraryEffect.OUTSIDE
            macro = LibraryFunction(f"{name}!", name, "c2rs_rt", context, None, params, result, True, (), False, effect)
            yield macro
            if not name.endswith("print"):
                position = ContextPosition.FIRST
                yield replace(macro, name=f"{name}!{WITH_MEMORY}", context=ContextKind.EXCLUSIVE, context_position=position)


def _header_modules(source: Path) -> Iterator[tuple[str, str]]:
    """The name and the source text of each header's module, one item a file."""
    root = strip_comments((source / "lib.rs").read_text())
    for name in sorted(re.findall(r"^pub mod (?:r#)?(\w+);", root, re.MULTILINE)):
        if name in _NOT_HEADERS:
            continue
        file = source / f"{name}.rs"
        folder = source / name
        text = strip_comments((file if file.exists() else folder / "mod.rs").read_text())
        yield name, text
        for part in re.findall(r"^pub use (?:self::)?(\w+)::(?:\*|\{[^}]*\}|\w+);", text, re.MULTILINE):
            inner = folder / f"{part}.rs"
            if not inner.exists():
                inner = folder / part / "mod.rs"
            if inner.exists():
                yield name, strip_comments(inner.read_text())


def _function(signature: RustSignature, module: str) -> LibraryFunction:
    """The C function that a signature of the runtime stands for."""
    rust_name, result = signature.name, signature.result
    context, position = _context([type for _, type in signature.params])
    named = list(signature.params)
    if position is not None:
        named.pop(0 if position is ContextPosition.FIRST else -1)
    dispatcher = next((type for _, type in named if type.startswith("impl FnMut(&mut C, FnPtr<")), None)
    variadic = any(type == "&[VaArg]" for _, type in named)
    named = [(name, type) for name, type in named if type not in ("&[VaArg]", dispatcher)]
    params = tuple(type for _, type in named)
    callbacks = tuple(i for i, param in enumerate(params) if "FnMut" in param or "FnOnce" in param)
    name = rust_name.removesuffix("_") if rust_name.endswith("_") and rust_name != "_" else rust_name
    diverges = result == "!"
    return LibraryFunction(
        name=name,
        rust_name=rust_name,
        module=module,
        context=context,
        context_position=position,
        params=params,
        result=result,
        variadic=variadic,
        callbacks=callbacks,
        diverges=diverges,
        effect=_effect(name),
        dispatches=None if dispatcher is None else _pointer_signature(dispatcher),
        names=tuple(name for name, _ in named),
    )


def _pointer_signature(dispatcher: str) -> ErasedSignature:
    """The signature of `FnPtr<fn(A, B) -> R>` in a dispatcher's type."""
    start = dispatcher.index("FnPtr<fn") + len("FnPtr<fn")
    close = closing_bracket(dispatcher, start)
    params = tuple(_ERASED[param.split("<")[0]] for param in split_commas(dispatcher[start + 1 : close]))
    result = dispatcher[close + 1 : closing_bracket(dispatcher, dispatcher.index("<", start - len("<fn")))]
    return ErasedSignature(params, _ERASED[result.removeprefix(" -> ").split("<")[0] or "()"], False)


def _context(params: Sequence[str]) -> tuple[ContextKind, ContextPosition | None]:
    """The context parameter: `mem: &Memory`, `mem: &mut Memory` or `cx: &mut C`, at either end of the list."""
    kinds = {"&Memory": ContextKind.SHARED, "&mut Memory": ContextKind.EXCLUSIVE, "&mut C": ContextKind.CALLBACK}
    if params and params[-1] in kinds:
        return kinds[params[-1]], ContextPosition.LAST
    if params and params[0] in kinds:
        return kinds[params[0]], ContextPosition.FIRST
    return ContextKind.NONE, None


def _effect(name: str) -> LibraryEffect:
    if name in _PURE:
        return LibraryEffect.PURE
    if name in _READS:
        return LibraryEffect.READS
    if name in _WRITES:
        return LibraryEffect.WRITES
    return LibraryEffect.OUTSIDE
