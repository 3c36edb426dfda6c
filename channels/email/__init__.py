"""Mailboxes: read by IMAP, written by SMTP."""
