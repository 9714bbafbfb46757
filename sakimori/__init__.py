"""Sakimori (防人): software for the regime that protects Japan's critical infrastructure from cyber-attack."""

__version__ = "0.1.0"
