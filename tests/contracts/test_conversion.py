"""Plain values become objects of the event classes, whoever asks first."""

from __future__ import annotations

import subprocess
import sys

TOGETHER = """
import threading
import msgspec
import domain.law
from domain.facts import FACTS
from gateways.contracts.conversion import from_json, to_class
from gateways.contracts.samples import sample_data

samples = {cls: sample_data(cls) for cls in FACTS.values()}
gate = threading.Barrier(12)
made = []

written = {cls: msgspec.Raw(msgspec.json.encode(values)) for cls, values in samples.items()}

def learn(reading, given):
    gate.wait()
    made.append([reading(one, cls) for cls, one in given.items()])

threads = [
    threading.Thread(target=learn, args=how)
    for how in [(to_class, samples), (from_json, written)] * 6
]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert len(made) == 12 and all(one == made[0] for one in made)
print(len(samples))
"""


def test_many_threads_may_meet_every_class_for_the_first_time_at_once() -> None:
    ran = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", TOGETHER],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert int(ran.stdout) > 80
