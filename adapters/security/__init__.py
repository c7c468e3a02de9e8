"""Proof of who somebody is."""
