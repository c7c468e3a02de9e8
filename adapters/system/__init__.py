"""What the machine gives: time and chance."""
