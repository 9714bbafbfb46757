"""Guided scoping: the interview per facility, its open points, the network picture, unit, exemption and substitute."""
