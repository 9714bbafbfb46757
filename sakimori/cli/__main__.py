"""`python -m sakimori.cli`: the same as `sakimori`."""

from sakimori.cli.main import main

if __name__ == "__main__":
    main()
