"""Files of sound, read with the libraries of FFmpeg."""
