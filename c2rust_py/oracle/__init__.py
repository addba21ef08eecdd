"""Ground truth: builds the C and the Rust, runs both on the same cases, compares what they leave."""
