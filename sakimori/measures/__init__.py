"""Measures: copying communications with the committee's approval (強化法17-20, 32-33); rehearsal only as yet."""
