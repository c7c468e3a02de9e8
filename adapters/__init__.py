"""What connects the ports of the application to real technologies, one folder per technology."""
