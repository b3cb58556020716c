"""``python -m digitcompress``."""

from digitcompress.cli import main

if __name__ == "__main__":
    main()
