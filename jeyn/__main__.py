"""`python -m jeyn` is `jeyn`."""

import sys

from jeyn.cli.main import main

sys.exit(main())
