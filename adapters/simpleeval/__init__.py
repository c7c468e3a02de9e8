"""Working out expressions."""
