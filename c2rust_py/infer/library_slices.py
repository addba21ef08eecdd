"""The slice forms of C functions: what the runtime provides for pointers that are no `Ptr`, read from its source.

The runtime's `slices` module (cargo_harness/runtime/src/slices) has a *form* of a C function as a top-level `pub fn` under the
function's name. Its parameters have the names of those of the form on memory, which says for which C argument each stands:

    pub fn strtol(nptr: Ptr<u8>, endptr: Ptr<Ptr<u8>>, base: i32, mem: &mut Memory) -> i64 {     // stdlib/integer.rs
    pub fn strtol(nptr: &[u8], base: i32) -> (i64, usize) {                                      // slices/stdlib.rs

    slice_forms()["strtol"] == SliceForm(
        "strtol", SliceVariant.PLAIN, "c2rs_rt::slices::stdlib::strtol", params=("&[u8]", "i32"), arguments=(0, 2),
        result="(i64, usize)", result_kind=SliceResult.VALUE_AND_END, result_argument=0, end_argument=1, ...
    )

A function can have several forms, by suffix: `memmove_within` is for two pointers into one array, which the parameter `base` is;
what C's pointers are, are positions in it. Its key is the C name with the suffix. The runtime's module head says more.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from types import MappingProxyType

from c2rust_py.infer.library import RUNTIME_SOURCE, LibraryFunction, library_functions
from c2rust_py.infer.rust_signatures import RustSignature, public_functions, strip_comments


class SliceVariant(Enum):
    """For which arguments a form is, by the suffix of its name.

    PLAIN: arrays of bytes, or of any one type where the form is generic. WITHIN: two pointers into one array. VALUES: arrays
    of a type other than bytes, or of two types (`T` and `U`). FROM_BYTES, TO_BYTES: an array of bytes as the source or the target of values.
    FROM_CELLS, TO_CELLS, IN_CELLS: as PLAIN where the source, the target or all arrays are cells; FROM_BYTE_CELLS, TO_BYTE_CELLS:
    as FROM_BYTES, TO_BYTES where the bytes are in cells. None of these is chosen for a call of C: see `cell_form`.
    """

    PLAIN = ""
    WITHIN = "_within"
    VALUES = "_values"
    FROM_BYTES = "_from_bytes"
    TO_BYTES = "_to_bytes"
    FROM_CELLS = "_from_cells"
    TO_CELLS = "_to_cells"
    IN_CELLS = "_in_cells"
    FROM_BYTE_CELLS = "_from_byte_cells"
    TO_BYTE_CELLS = "_to_byte_cells"


class SliceResult(Enum):
    """What a form's result stands for.

    VALUE: C's result. ARGUMENT: nothing; C's result is the argument at `result_argument`. POSITION, OPTIONAL_POSITION: where
    in that argument C's result points to, if it is not null. PRESENCE: whether C's result is that argument, not null.
    VALUE_AND_END: C's result, and the position in that argument that C stores at `end_argument`. OWNED: what C allocates.
    """

    VALUE = "value"
    ARGUMENT = "argument"
    POSITION = "position"
    OPTIONAL_POSITION = "optional position"
    PRESENCE = "presence"
    VALUE_AND_END = "value and end"
    OWNED = "owned"


@dataclass(frozen=True, slots=True)
class SliceForm:
    """A form of a C function on slices.

    name: the C function. path: the form's Rust path.
    params, result: Rust types as text; `T` and `U` are types with a C representation (`Pod`). The arguments that stand for `...`
    are not in `params`: `variadic` is the type that their slice has (`&[PrintArg<'_>]`), or None.
    arguments: for each parameter the position of its C argument; None for `base` of a `_within` form.
    mutable: the positions among `params` of slices that are written.
    callbacks: the positions among `params` of functions, which take their arguments as references.
    result_argument, end_argument: positions of C arguments, for the results that speak of them.
    size_argument: position of the C argument that the form leaves out because it has to be the size of its elements.
    macro: the macro that stands for the form where the format is a literal, called with the values themselves.
    """

    name: str
    variant: SliceVariant
    path: str
    params: tuple[str, ...]
    result: str
    arguments: tuple[int | None, ...]
    mutable: tuple[int, ...]
    callbacks: tuple[int, ...]
    result_kind: SliceResult
    result_argument: int | None
    end_argument: int | None
    size_argument: int | None
    variadic: str | None
    macro: str | None

    @property
    def key(self) -> str:
        """The name under which `slice_forms` has it."""
        return f"{self.name}{self.variant.value}"


_RESULTS = {
    "()": SliceResult.ARGUMENT,
    "usize": SliceResult.POSITION,
    "Option<usize>": SliceResult.OPTIONAL_POSITION,
    "bool": SliceResult.PRESENCE,
    "Vec<u8>": SliceResult.OWNED,
}
"""What a form's result stands for where C's is a pointer to data."""
_END = "Ptr<Ptr<u8>>"
"""The type of a C parameter that receives where a number ends."""
_VARIADIC = ("&[PrintArg<'_>]", "&mut [ScanArg<'_>]")


@cache
def slice_forms(source: Path = RUNTIME_SOURCE) -> Mapping[str, SliceForm]:
    """Every slice form that the runtime at `source` provides, by its C name and suffix.

    Raises `ValueError` where a form does not fit the function of its name: there is none, or it names another parameter.
    """
    functions = {(function.module, function.rust_name): function for function in library_functions(source).values()}
    macros = _format_macros(source)
    found: dict[str, SliceForm] = {}
    for file in sorted((source / "slices").glob("*.rs")):
        if file.stem in ("mod", "tests"):
            continue
        for signature in public_functions(strip_comments(file.read_text())):
            form = _form(signature, file.stem, functions, macros)
            if form.key in found:
                raise ValueError(f"two slice forms are called {form.key}")
            found[form.key] = form
    return MappingProxyType(dict(sorted(found.items())))


def takes_elements(key: str) -> bool:
    """Whether a form compares and moves the elements as they are, whatever they are."""
    form = slice_forms().get(key)
    return form is not None and form.size_argument is not None


def cell_form(key: str, cells: AbstractSet[int]) -> SliceForm | None:
    """The form that does the same as the one of a name, but is given cells at some positions, if there is one.

        cell_form("memcpy", {1})    ->    memcpy_from_cells(dest: &mut [T], src: &[Cell<T>], n: u64)
    """
    forms = slice_forms()
    plain = forms.get(key)
    if plain is None:
        return None
    wanted = tuple(
        f"&[Cell<{type.partition('[')[2].removesuffix(']')}>]" if at in cells and _is_array(type) else type
        for at, type in enumerate(plain.params)
    )
    others = (form for form in forms.values() if form.name == plain.name and form.params == wanted and form is not plain)
    return next(others, None)


def _format_macros(source: Path) -> frozenset[str]:
    """The macros of formatted input and output whose formats are literals."""
    file = source / "stdio" / "out.rs"
    return frozenset(re.findall(r"^macro_rules! (\w+) ", file.read_text(), re.MULTILINE) if file.exists() else ())


def _form(
    signature: RustSignature,
    header: str,
    functions: Mapping[tuple[str, str], LibraryFunction],
    macros: frozenset[str],
) -> SliceForm:
    variant, function = _function_of(signature.name, header, functions)
    named = [(name, type) for name, type in signature.params if type not in _VARIADIC]
    params = tuple(type for _, type in named)
    arguments = tuple(_argument(name, type, variant, function) for name, type in named)
    kind = _result_kind(signature, function)
    dropped = [i for i in range(len(function.params)) if i not in arguments]
    sizes = [i for i in dropped if function.names[i] == "size" and _takes_elements(signature)]
    ends = [i for i in dropped if function.params[i] == _END and kind is SliceResult.VALUE_AND_END]
    if dropped != sorted(sizes + ends):
        raise ValueError(f"the slice form {signature.name} does not take all that {function.name} does")
    pointed = [argument for argument, type in zip(arguments, params, strict=True) if _is_array(type) or type == "usize"]
    speaks = kind not in (SliceResult.VALUE, SliceResult.OWNED)
    return SliceForm(
        name=function.name,
        variant=variant,
        path=f"c2rs_rt::slices::{header}::{signature.name}",
        params=params,
        result=signature.result,
        arguments=arguments,
        mutable=tuple(i for i, type in enumerate(params) if type.startswith("&mut ")),
        callbacks=tuple(i for i, type in enumerate(params) if type.startswith("impl FnMut")),
        result_kind=kind,
        result_argument=next(argument for argument in pointed if argument is not None) if speaks else None,
        end_argument=next(iter(ends), None),
        size_argument=next(iter(sizes), None),
        variadic=next((type for _, type in signature.params if type in _VARIADIC), None),
        macro=f"c2rs_rt::{signature.name}" if signature.name in macros else None,
    )


def _function_of(
    name: str, header: str, functions: Mapping[tuple[str, str], LibraryFunction]
) -> tuple[SliceVariant, LibraryFunction]:
    """The C function that a form stands for."""
    for variant in SliceVariant:
        if name.endswith(variant.value):
            function = functions.get((f"c2rs_rt::{header}", name.removesuffix(variant.value)))
            if function is not None:
                return variant, function
    raise ValueError(f"the slice form {name} is of no function of {header}")


def _argument(name: str, type: str, variant: SliceVariant, function: LibraryFunction) -> int | None:
    """The position of the C argument that a form's parameter stands for."""
    if variant is SliceVariant.WITHIN and name == "base":
        return None
    if name not in function.names:
        raise ValueError(f"{function.name} has no parameter {name}, but its slice form has")
    position = function.names.index(name)
    own = function.params[position]
    callback = own.startswith("impl FnMut") and type.startswith("impl FnMut")
    pointer = own.startswith("Ptr<") and (type.startswith("&") or type == "usize" and variant is SliceVariant.WITHIN)
    if type != own and not callback and not pointer:
        raise ValueError(f"{name} of {function.name} is {own}, but {type} in its slice form")
    return position


def _result_kind(signature: RustSignature, function: LibraryFunction) -> SliceResult:
    if signature.result == function.result:
        return SliceResult.VALUE
    if function.result.startswith("Ptr<") and signature.result in _RESULTS:
        return _RESULTS[signature.result]
    if signature.result == f"({function.result}, usize)":
        return SliceResult.VALUE_AND_END
    raise ValueError(f"{function.name} gives {function.result}, but its slice form {signature.result}")


def _takes_elements(signature: RustSignature) -> bool:
    """Whether a form works on elements of a type, rather than on their bytes."""
    return re.search(r"\bT\b", signature.generics) is not None and ": Pod" not in signature.generics


def _is_array(type: str) -> bool:
    return type.startswith(("&[", "&mut ["))
