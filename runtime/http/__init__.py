"""Doors: for platforms, operators and machines. A door translates; it decides nothing."""
