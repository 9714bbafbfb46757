"""The command line: `sakimori`."""
