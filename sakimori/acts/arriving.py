"""When a filing arrived (到達): by its addressee's signature, wherever the answer travelled meanwhile."""

from datetime import datetime


def arrival(sent: datetime, received: datetime, recorded: datetime) -> datetime:
    """Return when it reached the addressee, who signed `received`; the answer itself may come back days later.

    The clocks of two machines differ: it reached nobody before it was sent, nor after its arrival was recorded.
    """
    return min(max(received, sent), recorded)
