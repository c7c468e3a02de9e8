"""Every port in this process's memory: for tests, for use as a library, and for trying things on."""
