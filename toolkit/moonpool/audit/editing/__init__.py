"""Changes of workflow files: whole lines out, a few in, and a proof that nothing else changed."""
