"""Reading web pages of others."""
