"""OpenID Connect, with Authlib and joserfc."""
