"""Signs of risk in how a matter was deliberated (風險識別)."""
