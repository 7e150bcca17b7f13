"""Between rows and what the domain knows: plain functions, one file for each part of the domain."""
