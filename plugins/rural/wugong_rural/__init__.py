"""Rural communities (鄉村)."""
