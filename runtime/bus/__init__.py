"""Wakes loops, here and in other replicas. It carries nothing: the database remembers."""
