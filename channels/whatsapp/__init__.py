"""WhatsApp numbers, over Meta's Cloud API."""
