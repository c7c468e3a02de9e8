"""Emoji, as the library of that name knows them."""
