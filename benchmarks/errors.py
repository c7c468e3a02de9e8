"""What stops a benchmark."""


class BenchmarkError(Exception):
    """Something needed is missing or went wrong; the text says what to do about it."""
