"""rustc as the referee: cargo's verdict on a workspace, read from its JSON."""
