"""The part of misaki 0.9.4 that Citydesk uses (the wheel ships no py.typed)."""
