"""Calendars: what is planned, with whom, and how other programs read and bring it."""
