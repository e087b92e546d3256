"""An accounting ledger behind an HTTP API, on PostgreSQL."""
