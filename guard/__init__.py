"""What keeps text and logic together: content, lint, lock, review, check, and the seeds that try them."""
