"""Ends with 0 where a process of this container answers 200, else with 1: healthcheck.py PORT PATH [SECONDS]."""  # noqa: INP001

import sys
from http.client import HTTPConnection, HTTPException


def healthy(port: int, path: str, seconds: float) -> bool:
    """Whether 200 is answered; each step may take so many seconds. No proxy of the environment is asked."""
    connection = HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    port, path, *seconds = sys.argv[1:]
    sys.exit(0 if healthy(int(port), path, float(seconds[0]) if seconds else 3.0) else 1)
