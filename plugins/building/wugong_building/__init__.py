"""Building together (共建)."""
