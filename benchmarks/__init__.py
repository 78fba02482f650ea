"""What an act costs: ballots a second, beside a POST of the same server without the engine."""
