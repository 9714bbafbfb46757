"""The fast engine: exactly the reference's results, staged so that only kernels ever see most of the traffic.

| stage | file | what |
|---|---|---|
| capture → frames | `source.py`, `walk.py` | blocks of 2 MiB; several cursors find the records and make rows there |
| frame → row | `parse.py`, `layers.py`, `links.py`, `tunnels.py`, `rows.py` | headers, tags, tunnels, damage |
| fragments → row | `joining.py`, `waiting.py` | put together in the order of the capture |
| row → flow | `table.py`, `store.py` | hash table, silence, SYN, counts; TCP put in order without its bytes |
| flow → direction | `reach.py`, `places.py` | countries, special ranges, address conditions, bound |
| payload → hits | `scan.py` | Hyperscan over fresh payload of those flows |
| flow → record | `run.py` | the reference's scanner, readers, conditions over the flows left |

It needs the extra `engine` (numba, Hyperscan). `available` says whether it is installed.
"""

from importlib.util import find_spec


def available() -> bool:
    """Say whether the libraries of the fast engine are installed."""
    return all(find_spec(name) is not None for name in ("numba", "hyperscan"))
