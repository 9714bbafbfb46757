"""What products are officially called: suggestions, a person's decision for a spelling, its undoing."""
