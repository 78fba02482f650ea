"""Planning together (共謀)."""
