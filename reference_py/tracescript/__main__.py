"""`python -m tracescript` is the command `tracescript`."""

from tracescript.cli.main import main

if __name__ == "__main__":
    main()
