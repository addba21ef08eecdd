"""The function oracle: one C function and its Rust, in one process, on millions of inputs (DESIGN 7)."""
