"""From bytes to workflows: files, YAML with its places, triggers, jobs and steps."""
