"""From Rust items to files: names, templates, rustfmt, the vendored runtime, the place map, atomic writing."""
