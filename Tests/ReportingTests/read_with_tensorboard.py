"""Prints every scalar that TensorBoard finds in a run, for the test of this folder.

    read_with_tensorboard.py FOLDER
"""

import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

for part in ("train", "validation"):
    events = EventAccumulator(f"{sys.argv[1]}/{part}")
    events.Reload()
    for tag in sorted(events.Tags()["scalars"]):
        for point in events.Scalars(tag):
            print(part, tag, point.step, point.value, point.wall_time)
