"""What Jarvis can do for people: one module for each capability that its tools call."""
