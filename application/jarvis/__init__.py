"""Asking Jarvis, and his answering."""
