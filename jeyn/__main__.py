"""`python -m jeyn` is `jeyn`."""

import sys

from jeyn.cli.start import main

sys.exit(main())
