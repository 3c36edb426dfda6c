"""Attachments, stored once by the hash of their content."""
