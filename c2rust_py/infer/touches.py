"""What running a piece of code can read and change: the vocabulary of effect inference and of ordering operands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Touches:
    """What a piece of code reads and writes.

    locals, globals: the plain ones, by id; borrowed: what parameters that are references point to (the function itself
    knows it by the parameter, too: it counts as a part of that local); memory: any object in a memory block, all taken as one; outside: the world and
    the library's own state (files, errno, the seed of rand), and whether the process goes on; leaves: control may leave the code by
    another way than its end (a jump out of a statement expression, longjmp).
    """

    locals_read: frozenset[int] = frozenset()
    locals_written: frozenset[int] = frozenset()
    globals_read: frozenset[str] = frozenset()
    globals_written: frozenset[str] = frozenset()
    borrowed_read: bool = False
    borrowed_written: bool = False
    memory_read: bool = False
    memory_written: bool = False
    outside_read: bool = False
    outside_written: bool = False
    leaves: bool = False

    def __or__(self, other: Touches) -> Touches:
        """What both touch, together."""
        if other is NOTHING or self == other:
            return self
        if self is NOTHING:
            return other
        return Touches(
            self.locals_read | other.locals_read,
            self.locals_written | other.locals_written,
            self.globals_read | other.globals_read,
            self.globals_written | other.globals_written,
            self.borrowed_read or other.borrowed_read,
            self.borrowed_written or other.borrowed_written,
            self.memory_read or other.memory_read,
            self.memory_written or other.memory_written,
            self.outside_read or other.outside_read,
            self.outside_written or other.outside_written,
            self.leaves or other.leaves,
        )

    @property
    def writes(self) -> bool:
        """Whether anything is changed, or left undone."""
        changed = self.memory_written or self.borrowed_written or self.outside_written or self.leaves
        return changed or bool(self.locals_written or self.globals_written)

    @property
    def reads_state(self) -> bool:
        """Whether memory, a global or the outside is read."""
        return bool(self.globals_read or self.borrowed_read or self.memory_read or self.outside_read)

    def conflicts(self, other: Touches) -> bool:
        """Whether it can matter which of the two runs first."""
        return self._disturbs(other) or other._disturbs(self)

    def _disturbs(self, other: Touches) -> bool:
        return (
            (self.memory_written and (other.memory_read or other.memory_written))
            or (self.outside_written and (other.outside_read or other.outside_written))
            or (self.leaves and other.writes)
            or not self.locals_written.isdisjoint(other.locals_read)
            or not self.locals_written.isdisjoint(other.locals_written)
            or not self.globals_written.isdisjoint(other.globals_read)
            or not self.globals_written.isdisjoint(other.globals_written)
        )


NOTHING = Touches()
"""Touches nothing."""
OUTSIDE = Touches(outside_read=True, outside_written=True)
READS_MEMORY = Touches(memory_read=True)
WRITES_MEMORY = Touches(memory_read=True, memory_written=True)
