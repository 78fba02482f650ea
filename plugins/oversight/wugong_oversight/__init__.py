"""Managing together (共管)."""
