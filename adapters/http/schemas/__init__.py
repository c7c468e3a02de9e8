"""Bodies of requests, one module for each capability."""
