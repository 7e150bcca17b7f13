"""Guards every test runs under: what a test starts, it ends."""
