"""The Korean public-data service."""
