"""Which argument each conversion of a format takes."""

from __future__ import annotations

import pytest

from c2rust_py.normalise.print_formats import argument_conversions


@pytest.mark.parametrize(
    ("format", "expected"),
    [
        (b"plain %% text\0", ()),
        (b"%-*s %.2f %%\0", ("*", "s", "f")),
        (b"%+08.*lld|%hhx|%zu\0", ("*", "d", "x", "u")),
        (b"%m %Lg\0ignored %d", ("g",)),
        (b"%p\0", None),
        (b"%d%n\0", None),
        (b"%ls\0", None),
        (b"%1$s\0", None),
        (b"100%\0", None),
        (b"\xe9 %d\0", None),
    ],
)
def test_conversions_of_arguments(format: bytes, expected: tuple[str, ...] | None) -> None:
    assert argument_conversions(format) == expected
