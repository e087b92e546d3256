"""What changes the books: posting, reversing, closing, importing."""
