"""The bell between servers and workers: Taskiq over a Redis stream."""
