"""Counting: profiles, the summaries that shards send, and the results that rules return."""
