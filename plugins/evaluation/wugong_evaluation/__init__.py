"""Evaluating together (共評)."""
