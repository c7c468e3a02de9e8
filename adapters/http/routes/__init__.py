"""Handlers, one module for each capability."""
