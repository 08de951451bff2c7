"""`python -m hall_desk`: the same as the command `hall-desk`."""

import sys

from hall_desk.cli import main

if __name__ == "__main__":
    sys.exit(main())
