"""What may not happen in a zone: one file per family of rules."""
