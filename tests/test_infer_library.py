"""The C functions of the runtime, as its source has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from c2rust_py.infer import library
from c2rust_py.infer.library import ContextKind, ContextPosition, LibraryEffect, library_functions

SOURCE = {
    "lib.rs": "pub mod memory;\npub mod text;\nmod hidden;\npub mod stream;\npub mod errno;\n",
    "hidden.rs": "pub fn secret() {\n}\n",
    "errno.rs": "pub fn get() -> i32 {\n    0\n}\n",
    "text.rs": """
/// Length. pub fn not_this(x: i32) {
#[track_caller]
pub fn length(s: Ptr<u8>, mem: &Memory) -> u64 {
    fn inner() {}
}

pub fn copy_all(
    mem: &mut Memory,
    to: Ptr<u8>,
    from: Ptr<Ptr<u8>>,
) -> Ptr<u8> {
}

pub(crate) fn own(x: i32) {
}

pub fn sort<C: Context>(
    base: Ptr<Void>,
    count: u64,
    mut compare: impl FnMut(&mut C, Ptr<Void>, Ptr<Void>) -> i32,
    cx: &mut C,
) {
}

#[inline]
pub const fn type_(c: i32) -> i32 { c }

impl Thing {
    pub fn method(&self) {
    }
}
""",
    "stream/mod.rs": "mod print;\npub mod out;\npub use print::*;\npub fn stop(status: i32) -> ! {\n}\n",
    "stream/print.rs": "pub fn show(format: Ptr<u8>, args: &[VaArg], mem: &mut Memory) -> i32 {\n}\n",
    "stream/out.rs": "pub fn integer(x: i32) {\n}\n",
}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    for name, text in SOURCE.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    return tmp_path


def test_only_functions_of_header_modules_count(source: Path) -> None:
    assert set(library_functions(source)) == {"length", "copy_all", "sort", "type", "stop", "show"}


def test_context_is_found_at_either_end(source: Path) -> None:
    found = library_functions(source)
    contexts = {name: (f.context, f.context_position) for name, f in found.items()}
    assert contexts == {
        "length": (ContextKind.SHARED, ContextPosition.LAST),
        "copy_all": (ContextKind.EXCLUSIVE, ContextPosition.FIRST),
        "sort": (ContextKind.CALLBACK, ContextPosition.LAST),
        "type": (ContextKind.NONE, None),
        "stop": (ContextKind.NONE, None),
        "show": (ContextKind.EXCLUSIVE, ContextPosition.LAST),
    }


def test_signatures(source: Path) -> None:
    found = library_functions(source)
    assert found["copy_all"].params == ("Ptr<u8>", "Ptr<Ptr<u8>>")
    assert found["copy_all"].result == "Ptr<u8>"
    assert found["sort"].callbacks == (2,)
    assert found["sort"].params[2] == "impl FnMut(&mut C, Ptr<Void>, Ptr<Void>) -> i32"
    assert found["sort"].result == "()"
    assert found["show"].variadic
    assert found["show"].params == ("Ptr<u8>",)
    assert found["show"].module == "c2rs_rt::stream"
    assert found["stop"].diverges
    assert found["type"].rust_name == "type_"


def test_two_modules_cannot_have_one_name(source: Path) -> None:
    (source / "stream/print.rs").write_text("pub fn length(x: i32) {\n}\n")
    with pytest.raises(ValueError, match="length is in"):
        library_functions(source)


def test_every_public_function_of_the_runtime_parses() -> None:
    functions = library_functions()
    assert {"strlen", "printf", "qsort", "malloc", "exit"} <= functions.keys()
    assert functions["qsort"].callbacks
    assert functions["printf"].variadic


def test_what_is_known_of_effects_fits_the_contexts() -> None:
    """A function that takes memory mutably does not just read, and one that takes none cannot look at it."""
    for function in library_functions().values():
        match function.effect:
            case LibraryEffect.PURE:
                assert function.context is ContextKind.NONE, function.name
            case LibraryEffect.READS:
                assert function.context is ContextKind.SHARED, function.name
            case LibraryEffect.WRITES:
                assert function.context is ContextKind.EXCLUSIVE, function.name
            case LibraryEffect.OUTSIDE:
                assert function.name not in library._PURE
