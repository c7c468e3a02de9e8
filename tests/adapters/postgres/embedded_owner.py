"""Own an embedded PostgreSQL until standard input ends: `embedded_owner.py FOLDER`, run by the tests of it.

Says on one line of JSON who owns what, and leaves it running at its end, as a killed process would.
"""

import json
import os
import sys
from pathlib import Path

from adapters.postgres.embedded import EmbeddedPostgres

if __name__ == "__main__":
    server = EmbeddedPostgres(Path(sys.argv[1]))
    url = server.start()
    sys.stdout.write(json.dumps({"url": url, "server": server.pid, "uid": os.geteuid()}) + "\n")
    sys.stdout.flush()
    sys.stdin.read()
    if "--stop" in sys.argv:
        server.stop()
