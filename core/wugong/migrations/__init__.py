"""Migrations of the core tables. Plugins have none: their books and views are rebuilt."""
