"""Figures against baselines, and proofs that take longer than a test may. Never shipped."""
