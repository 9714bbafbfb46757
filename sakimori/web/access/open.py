"""Which addresses of this package are open to whom; `viewing` adds them to its own lists."""

PUBLIC = frozenset(
    {
        "access:invitation",
        "access:join",
        "access:second",
        "access:passkey",
        "openid_connect_login",
        "openid_connect_callback",
    }
)
"""Open to anybody: they are the way in, and each asks for its own proof."""

PERSON_ONLY = frozenset(
    {
        "access:mine",
        "access:password",
        "access:totp",
        "access:add_passkey",
        "access:codes",
        "access:drop",
        "access:end_session",
        "access:end_others",
        "access:unbind",
        "access:prove",
    }
)
"""Need somebody who has logged in, but no chosen role."""
