"""The small server: pages, JSON API and command line."""
