"""What products are officially called: suggestions, a person's decision for every computer of a spelling, its undoing."""
