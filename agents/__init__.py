"""Brains: what a bot developer subclasses and what answers. No channel, no database."""
