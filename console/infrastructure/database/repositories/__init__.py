"""One file an aggregate. Each belongs to the unit of work whose connection it holds, and to its thread."""
