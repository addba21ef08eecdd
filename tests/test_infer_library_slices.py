"""The slice forms of C functions, as the runtime's source has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from c2rust_py.infer.library import library_functions
from c2rust_py.infer.library_slices import SliceForm, SliceResult, SliceVariant, slice_forms

SOURCE = {
    "lib.rs": "pub mod text;\npub mod slices;\n",
    "text.rs": """
pub fn find(s: Ptr<u8>, c: i32, mem: &Memory) -> Ptr<u8> {
}
pub fn number(start: Ptr<u8>, end: Ptr<Ptr<u8>>, base: i32, mem: &mut Memory) -> i64 {
}
pub fn sort<C: Context>(base: Ptr<Void>, n: u64, size: u64, compare: impl FnMut(&mut C, Ptr<Void>) -> i32, cx: &mut C) {
}
pub fn copy(to: Ptr<Void>, from: Ptr<Void>, n: u64, mem: &mut Memory) -> Ptr<Void> {
}
pub fn print(format: Ptr<u8>, args: &[VaArg], mem: &mut Memory) -> i32 {
}
""",
    "stdio/out.rs": "macro_rules! print {\n}\n",
    "slices/mod.rs": "pub mod text;\n",
    "slices/tests.rs": "pub fn no_form() {\n}\n",
    "slices/text.rs": """
#[track_caller]
pub fn find(s: &[u8], c: i32) -> Option<usize> {
}
pub fn number(start: &[u8], base: i32) -> (i64, usize) {
}
pub fn sort<T: Copy>(base: &mut [T], n: u64, mut compare: impl FnMut(&T) -> i32) {
}
pub fn copy<T: Pod>(to: &mut [T], from: &[T], n: u64) {
}
pub fn copy_within<T: Pod>(base: &mut [T], to: usize, from: usize, n: u64) {
}
pub fn print(format: &[u8], args: &[PrintArg<'_>]) -> i32 {
}
""",
}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    for name, text in SOURCE.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    return tmp_path


def test_parameters_stand_for_the_c_arguments_of_their_names(source: Path) -> None:
    arguments = {key: form.arguments for key, form in slice_forms(source).items()}
    assert arguments == {
        "copy": (0, 1, 2),
        "copy_within": (None, 0, 1, 2),
        "find": (0, 1),
        "number": (0, 2),
        "print": (0,),
        "sort": (0, 1, 3),
    }


def test_results_say_what_they_stand_for(source: Path) -> None:
    forms = slice_forms(source)
    results = {key: (form.result_kind, form.result_argument) for key, form in forms.items()}
    assert results == {
        "copy": (SliceResult.ARGUMENT, 0),
        "copy_within": (SliceResult.ARGUMENT, 0),
        "find": (SliceResult.OPTIONAL_POSITION, 0),
        "number": (SliceResult.VALUE_AND_END, 0),
        "print": (SliceResult.VALUE, None),
        "sort": (SliceResult.VALUE, None),
    }
    assert forms["number"].end_argument == 1
    assert forms["sort"].size_argument == 2


def test_a_form_has_all_that_a_call_needs(source: Path) -> None:
    assert slice_forms(source)["copy_within"] == SliceForm(
        name="copy",
        variant=SliceVariant.WITHIN,
        path="c2rs_rt::slices::text::copy_within",
        params=("&mut [T]", "usize", "usize", "u64"),
        result="()",
        arguments=(None, 0, 1, 2),
        mutable=(0,),
        callbacks=(),
        result_kind=SliceResult.ARGUMENT,
        result_argument=0,
        end_argument=None,
        size_argument=None,
        variadic=None,
        macro=None,
    )
    sort, print_ = slice_forms(source)["sort"], slice_forms(source)["print"]
    assert (sort.callbacks, sort.mutable) == ((2,), (0,))
    assert (print_.variadic, print_.macro) == ("&[PrintArg<'_>]", "c2rs_rt::print")


@pytest.mark.parametrize(
    ("form", "complaint"),
    [
        ("pub fn other(s: &[u8]) {\n}\n", "the slice form other is of no function of text"),
        ("pub fn find(text: &[u8], c: i32) -> Option<usize> {\n}\n", "find has no parameter text"),
        ("pub fn find(s: &[u8]) -> Option<usize> {\n}\n", "does not take all that find does"),
        ("pub fn find(s: &[u8], c: u8) -> Option<usize> {\n}\n", "c of find is i32, but u8"),
        ("pub fn find(s: &[u8], c: i32) -> u8 {\n}\n", "find gives Ptr<u8>, but its slice form u8"),
        ("pub fn number(start: &[u8]) -> (i64, usize) {\n}\n", "does not take all that number does"),
        ("pub fn find(s: usize, c: i32) -> usize {\n}\n", "s of find is Ptr<u8>, but usize"),
    ],
)
def test_a_form_that_does_not_fit_its_function_is_refused(source: Path, form: str, complaint: str) -> None:
    (source / "slices" / "text.rs").write_text(form)
    with pytest.raises(ValueError, match=complaint):
        slice_forms(source)


def test_the_runtime_s_forms_are_of_its_functions() -> None:
    forms = slice_forms()
    library = library_functions()
    assert {"strlen", "memmove_within", "qsort", "fgets", "sscanf", "memcpy_from_bytes"} <= forms.keys()
    assert all(form.name in library for form in forms.values())
    assert forms["bsearch"].result_argument == 1
    assert {form.path for form in forms.values() if form.variant is SliceVariant.WITHIN} == {
        f"c2rs_rt::slices::string::{name}_within" for name in ("memcpy", "memmove", "strcpy", "strncpy", "strcat")
    } | {"c2rs_rt::slices::strings::bcopy_within"}
    assert not any("Memory" in type for form in forms.values() for type in form.params)
