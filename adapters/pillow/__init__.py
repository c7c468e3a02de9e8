"""Pictures, on Pillow."""
