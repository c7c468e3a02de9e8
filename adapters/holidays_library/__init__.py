"""Holidays reckoned by the library of that name."""
