"""The rules: one file each, all of them listed in `moonpool.audit.rules.registry`."""
