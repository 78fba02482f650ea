"""What an act costs: measurements, run by `make bench`."""
