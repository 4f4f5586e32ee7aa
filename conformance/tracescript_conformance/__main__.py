"""`python -m tracescript_conformance`; `-- CMD...` is short for `run -- CMD...`."""

from tracescript_conformance.cli import main

if __name__ == "__main__":
    main()
