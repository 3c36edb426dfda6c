"""The trunk: alone knows channels, agents and handoff, and owns all that remembers or listens."""
