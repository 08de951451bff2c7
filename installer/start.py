"""Where the bundled program begins: the same as the command `hall-desk`."""

import multiprocessing
import sys

from hall_desk.cli import main

if __name__ == "__main__":
    multiprocessing.freeze_support()  # `hall-desk load` starts processes of its own
    sys.exit(main())
