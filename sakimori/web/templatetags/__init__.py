"""Template filters of the frame."""
