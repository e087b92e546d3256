"""What the words of a step come to: single checks, with the place and environment they run in."""
