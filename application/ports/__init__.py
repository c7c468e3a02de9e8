"""The roles that adapters play, each a Protocol in a file of its own."""
