"""What redis-py raises when a server is away, refuses or does not speak the protocol."""

from redis.exceptions import RedisClusterException, RedisError

FAILURES = (RedisError, RedisClusterException, OSError)
