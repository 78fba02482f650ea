"""Third-party mediation (第三方調解)."""
