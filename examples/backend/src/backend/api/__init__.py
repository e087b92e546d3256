"""The HTTP doors, one module per noun; each commits what it did."""
