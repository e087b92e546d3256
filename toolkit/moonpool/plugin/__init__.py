"""The pytest door: hooks, the controller's and the worker's side."""
