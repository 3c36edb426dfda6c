"""Remembers: tables, the one writer, and a file of queries for each noun. No rules live here."""
