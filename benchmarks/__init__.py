"""Speed and memory of the server, measured beside a bare broadcast server and beside PostgreSQL itself.

``python -m benchmarks`` prints a table and writes ``benchmarks/results.json``; ``--help`` tells the options.
"""
