"""Passwords of tests: hashed the same way, at a fraction of the cost."""

from django.contrib.auth.hashers import ScryptPasswordHasher


class CheapScrypt(ScryptPasswordHasher):
    """Scrypt at next to no cost: tests log in hundreds of times, and nobody guesses their passwords.

    What is in service is looked at in `tests/web/test_login.py`.
    """

    work_factor = 2**4
    parallelism = 1
