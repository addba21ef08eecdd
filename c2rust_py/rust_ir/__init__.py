"""A small Rust AST: `nodes`, the traversals of `walk`, and the one `printer`."""
