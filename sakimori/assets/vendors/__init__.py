"""Facts asked of vendors: what an operator asks row by row, what the vendor answers, what is taken over."""
