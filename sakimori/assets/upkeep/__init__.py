"""Keeping the register current: changes and their duties, stocktakes, reminders, deriving anew, disposals."""
