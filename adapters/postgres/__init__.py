"""The ports that keep things, on PostgreSQL through psycopg."""
