"""Models, voices and footage: a catalogue, the places to get them from, and the digest each must have."""
