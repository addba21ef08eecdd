"""c2rs: turns a C project into a safe-Rust Cargo workspace that behaves the same."""
