"""Elaboration: from a parsed unit to typed IR, and from units to a linked program.

    unit.py            one unit; what of it is kept            link.py             several units
    programs.py        several programs that share units
    context.py         scopes and state                        c_types.py          types with qualifiers
    file_declarations, local_declarations, functions           declarations
    specifiers, declarators, records, layout, enums            types from syntax
    statements, inline_asm                                     statements
    expressions, lvalues, assignments, calls, generics         expressions by form
    operators, conversions, compatible, literals, refold       arithmetic and constants
    initialisers, static_data, kept_macros                     initial values and constants
    builtins, atomics, library_types                           what gcc knows by name
"""

from c2rust_py.frontend.elaborate.link import link_units
from c2rust_py.frontend.elaborate.programs import main_symbol, share_library
from c2rust_py.frontend.elaborate.unit import ElaboratedUnit, elaborate_unit

__all__ = ["ElaboratedUnit", "elaborate_unit", "link_units", "main_symbol", "share_library"]
