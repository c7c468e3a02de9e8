"""What pydantic does beyond the bodies of requests."""
