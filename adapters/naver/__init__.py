"""Naver's search."""
