"""Sakimori (防人): the software on which Japan's regime for protecting critical infrastructure from cyber-attack runs."""

__version__ = "0.1.0"
