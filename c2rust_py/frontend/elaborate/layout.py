"""Where the members of a struct or union lie: gcc's algorithm for x86-64 System V, bit-fields and packing included.

It follows what gcc's stor-layout does with PCC_BITFIELD_TYPE_MATTERS: a bit-field may not span more units of its type's
alignment than its type has, an unnamed one does not raise the record's alignment, and a zero-width one aligns what follows.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Member:
    """A member to be placed. `align` is its type's alignment in bytes, `aligned` what an attribute on the member asks for
    (0: nothing), `width` a bit-field's width, `packed` whether packing holds for it."""

    size: int
    align: int
    aligned: int = 0
    width: int | None = None
    packed: bool = False
    named: bool = True


@dataclass(frozen=True, slots=True)
class Placement:
    """Bit offsets of the members, and the record's size and alignment in bytes."""

    bits: tuple[int, ...]
    size: int
    align: int


def place_members(members: list[Member], is_union: bool, pack: int, aligned: int) -> Placement:
    """Places members; `pack` is the `#pragma pack` in force (0: none), `aligned` the record's own attribute (0: none)."""
    offset, end, record_align = 0, 0, max(8, 8 * aligned)
    places: list[int] = []
    for member in members:
        desired = _desired_alignment(member, pack)
        record_align = max(record_align, _record_alignment(member, desired, pack))
        if is_union:
            places.append(0)
            bits = 8 * member.size if member.width is None else -(-member.width // 8) * 8
            end = max(end, bits)
            continue
        offset = _round_up(offset, desired)
        if member.width and not member.packed and pack == 0 and _spans_too_much(offset, member):
            offset = _round_up(offset, 8 * member.align)
        places.append(offset)
        offset += 8 * member.size if member.width is None else member.width
    total = _round_up(end if is_union else offset, record_align)
    return Placement(tuple(places), total // 8, record_align // 8)


def _desired_alignment(member: Member, pack: int) -> int:
    """The alignment in bits that the member's own start needs."""
    if member.width == 0:
        return max(8 * member.align, 8 * member.aligned)
    if member.width is not None:
        desired = max(1, 8 * member.aligned)
    elif member.packed:
        desired = max(8, 8 * member.aligned)
    else:
        desired = max(8 * member.align, 8 * member.aligned)
    return min(desired, 8 * pack) if pack else desired


def _record_alignment(member: Member, desired: int, pack: int) -> int:
    """What the member asks of the whole record, in bits."""
    if member.width is None:
        return desired
    if not member.named:
        return 8
    align = 8 * member.align
    if pack:
        align = min(align, 8 * pack)
    elif member.packed:
        align = min(align, 8)
    return max(desired, align)


def _spans_too_much(offset: int, member: Member) -> bool:
    assert member.width is not None
    align = 8 * member.align
    return (offset % align + member.width + align - 1) // align > 8 * member.size // align


def _round_up(value: int, step: int) -> int:
    return -(-value // step) * step
