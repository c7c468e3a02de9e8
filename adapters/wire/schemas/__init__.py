"""What clients are told the shapes to be, one module for each capability.

The dictionaries are made by the modules beside this folder. These types describe them in the documents of both
protocols, and tests hold to them what the server says.
"""
