"""Leaving vendors alone that fail, and cutting off those that are slow."""
