"""What tuning reads and writes: stored scores, labels, review cards, models, replays, changes of configuration."""
