"""Stands in for a language model, so that everything can be tried without a key."""
