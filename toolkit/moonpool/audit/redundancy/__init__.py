"""Whether a check runs twice on the same content, and what is missing from the proof."""
