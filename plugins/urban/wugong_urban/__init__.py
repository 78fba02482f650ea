"""Urban communities (城市)."""
