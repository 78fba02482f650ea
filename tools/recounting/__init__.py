"""What ``recount.py`` counts with: standard library only, no code of the engine."""
