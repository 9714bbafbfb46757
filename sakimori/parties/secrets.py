"""What is kept of a secret somebody else holds (a token, a link, a feed's address): its digest, never the secret."""

import hashlib


def digest(secret: str) -> str:
    """Return the SHA-256 of a long random secret, in hex: enough to know it again, useless to whoever reads it."""
    return hashlib.sha256(secret.encode()).hexdigest()
