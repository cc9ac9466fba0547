"""A process that delivers what is due until it is killed.

`python -m tests.gateways.webhooks.sending_process FOLDER`
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from tests.gateways.webhooks.receiving import Bench


def main(folder: str) -> None:
    """Delivers for ever."""
    bench = Bench(Path(folder), holder="killed")
    while True:
        bench.deliveries.step()
        time.sleep(0.01)


if __name__ == "__main__":
    main(sys.argv[1])
