"""Voting (表決)."""
