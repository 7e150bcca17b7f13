"""Whether a camera still sees what it should: measured on its luma against its own reference pictures."""
