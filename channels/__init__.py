"""Ears and mouths: one folder per platform, no conversation logic, nothing that remembers."""
