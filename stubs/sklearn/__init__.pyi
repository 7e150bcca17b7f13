"""The part of scikit-learn that Citydesk uses, as of 1.9 (the wheel ships no py.typed)."""
