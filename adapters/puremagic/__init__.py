"""Types of files, on puremagic."""
