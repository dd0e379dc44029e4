"""The neutral tree as Adaptive Cards 1.5."""
