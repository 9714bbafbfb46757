"""The sample world: fictitious organisations, people, inventories, a catalogue and an incident, from data and a seed.

Everything here is fictitious (架空) and recorded as such. No clock: the world has its own date, as data.
"""
