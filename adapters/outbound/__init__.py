"""The one way out to addresses that people or pages name."""
