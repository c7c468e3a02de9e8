"""What Jarvis does: one module per capability. ``ports`` is the plug-board that adapters fit into."""
