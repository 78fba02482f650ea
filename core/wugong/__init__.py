"""Wugong (五共): carry a community's matter through the five stages and keep a record of it."""
