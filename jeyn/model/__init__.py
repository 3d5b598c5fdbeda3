"""Pure, frozen values that both halves of Jeyn speak. No I/O, no third-party imports."""
