"""Files from elsewhere, read into one neutral shape: sheets of rows, with what was not read said aloud.

`reading.read_source(data)` finds the format from the contents; `mapping` says which column is which field of ours;
`applying` turns a sheet and a mapping into the rows that `importing` checks. No database, no clock.
"""
