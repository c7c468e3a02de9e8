"""The WebSocket side of the wire contract."""
