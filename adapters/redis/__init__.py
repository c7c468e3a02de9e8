"""What servers and workers share beside the store: the bus, presence, rate limits, unfinished answers."""
