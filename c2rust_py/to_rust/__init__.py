"""The translation proper: typed IR and inferred facts to Rust AST.

`translate` is the entry; `types` and `items` give declarations their Rust form, `functions` drives one function through
`statements`, `values`, `places` and `calls`.
"""
