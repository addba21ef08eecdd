"""Whole-program analyses: each takes the IR and gives frozen facts, keyed by symbols and `(symbol, local id)`.

`library` knows the runtime's C functions, `storage` says what lives in memory blocks, `effects` what each function touches
and needs, `slots` the representation of each pointer.
"""
