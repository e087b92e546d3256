"""What reads the books: balances, statements of a period, single accounts, exports."""
