"""What is true of Jarvis without any I/O: entities, values, rules, events and errors."""
