"""The program's string literals: one number and one constant for each distinct text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from c2rust_py.rust_ir import nodes as rs

_SLUG_WORDS = 4


def byte_string(data: bytes) -> str:
    """Rust's byte string literal for `data`."""
    out = []
    for byte, following in zip(data, (*data[1:], None), strict=True):
        match byte:
            case 0x22 | 0x5C:
                out.append("\\" + chr(byte))
            case 0x0A:
                out.append("\\n")
            case 0x0D:
                out.append("\\r")
            case 0x09:
                out.append("\\t")
            case 0:
                octal = following is not None and 0x30 <= following <= 0x39
                out.append("\\x00" if octal else "\\0")
            case _ if 0x20 <= byte < 0x7F:
                out.append(chr(byte))
            case _:
                out.append(f"\\x{byte:02x}")
    return 'b"' + "".join(out) + '"'


@dataclass(slots=True)
class StringTable:
    """Literals in the order of their first use; each gets a constant named after its text."""

    numbers: dict[bytes, int] = field(default_factory=dict)
    names: dict[bytes, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def constant(self, data: bytes) -> str:
        """The name of the constant that points to the literal."""
        if data not in self.names:
            words = re.findall(r"[A-Za-z0-9]+", data.decode("latin-1"))[:_SLUG_WORDS]
            wanted = "_".join(["S", *(w.upper() for w in words)])[:40] if words else "S_TEXT"
            name, number = wanted, 2
            while name in self.taken:
                name, number = f"{wanted}_{number}", number + 1
            self.taken.add(name)
            self.numbers[data] = len(self.numbers)
            self.names[data] = name
        return self.names[data]

    def items(self, statics: int) -> tuple[rs.Item, ...]:
        """The table of all literals, and a pointer constant for each. Their blocks come after those of the statics."""
        element = rs.ReferenceType(rs.SliceType(rs.PathType("u8")))
        texts = tuple(rs.Literal(byte_string(data)) for data in self.numbers)
        table = rs.ConstItem(
            "LITERALS",
            rs.ReferenceType(rs.SliceType(element)),
            rs.Borrow(rs.ArrayLiteral(texts)),
            "The string literals of the program, by number.",
            static=True,
        )
        pointer = rs.PathType("Ptr", (rs.PathType("u8"),))
        constants = tuple(
            rs.ConstItem(
                self.names[data],
                pointer,
                rs.Call(rs.Name("Ptr::literal"), (rs.Literal(str(statics + number)),)),
                byte_string(data)[1:] if len(data) <= 60 else None,
            )
            for data, number in self.numbers.items()
        )
        return (table, *constants)
