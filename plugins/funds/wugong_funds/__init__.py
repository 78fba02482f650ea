"""The open ledger and the funds (陽光賬本)."""
