"""What keeps text and logic together: content, readable, lint, lock, review, check, and the seeds that try them."""
