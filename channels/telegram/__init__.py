"""Telegram bots, by webhook or by long polling."""
