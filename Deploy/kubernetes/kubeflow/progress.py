"""Tells Kubeflow Trainer how far a run is, from the run's folder.

    progress.py FOLDER

Trainer names the address, the certificate and the token in the environment (KUBEFLOW_TRAINER_SERVER_URL, ..._CA_CERT
and ..._TOKEN; its feature gate TrainJobStatus must be on). Nothing that fails here stops the training. It ends once
the run is complete, or the coordinator, which LOCKSTEP_HEALTH_URL asks for, is gone.
"""

import datetime
import json
import os
import pathlib
import ssl
import sys
import time
import urllib.error
import urllib.request

NAMES = "loss", "accuracy", "val_loss", "val_accuracy", "samplesPerSecond"
PAUSE = float(os.environ.get("LOCKSTEP_PROGRESS_SECONDS", "5"))


def lines(path):
    """The objects of a file of lines; what is being written at the moment is left out."""
    try:
        text = path.read_text()
    except OSError:
        return []
    found = []
    for line in text.split("\n")[:-1]:
        try:
            found.append(json.loads(line))
        except ValueError:
            pass
    return found


def latest(metrics, name):
    """The newest number of that name; None where there is none, or it is not finite."""
    values = (each.get(name) for each in reversed(metrics))
    return next((value for value in values if isinstance(value, (int, float))), None)


def status(folder):
    """What a run's folder says, as Trainer takes it; None before the first line."""
    metrics = lines(folder / "metrics.jsonl")
    if not metrics:
        return None
    settings = dict(
        line.split(": ", 1) for line in (folder / "config.yaml").read_text().splitlines() if ": " in line
    )
    epochs = int(settings["epochs"])
    ends = [each for each in metrics if each["kind"] == "epoch"]
    share = len(ends) / epochs
    if ends:
        steps = ends[-1]["step"] / ends[-1]["epoch"]
        share = max(share, metrics[-1]["step"] / (steps * epochs))
    is_complete = (folder / "summary.json").exists()
    found = {
        "progressPercentage": 100 if is_complete else min(99, int(100 * share)),
        "metrics": [
            {"name": name, "value": f"{value:.6g}"} for name in NAMES if (value := latest(metrics, name)) is not None
        ],
        "lastUpdatedTime": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    if ends:
        mean = sum(each["seconds"] for each in ends) / len(ends)
        found["estimatedRemainingSeconds"] = 0 if is_complete else int(mean * epochs * (1 - min(share, 1)))
    return found


def tell(found):
    """Sends what was found; a failure is one line."""
    try:
        # The token changes while the run goes on.
        token = pathlib.Path(os.environ["KUBEFLOW_TRAINER_SERVER_TOKEN"]).read_text().strip()
        request = urllib.request.Request(
            os.environ["KUBEFLOW_TRAINER_SERVER_URL"],
            data=json.dumps({"trainerStatus": found}).encode(),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            method="POST",
        )
        trust = ssl.create_default_context(cafile=os.environ["KUBEFLOW_TRAINER_SERVER_CA_CERT"])
        urllib.request.urlopen(request, timeout=10, context=trust).close()
    except (KeyError, OSError) as error:
        print(f"progress: telling Kubeflow Trainer: {error}", file=sys.stderr, flush=True)


def is_there():
    """Whether the coordinator answers, whatever it says."""
    try:
        urllib.request.urlopen(os.environ["LOCKSTEP_HEALTH_URL"], timeout=2).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def main():
    folder = pathlib.Path(sys.argv[1])
    if "KUBEFLOW_TRAINER_SERVER_URL" not in os.environ:
        print("progress: no KUBEFLOW_TRAINER_SERVER_URL; is the feature gate TrainJobStatus on?", file=sys.stderr)
        return
    # The coordinator has a dozen looks to come, which are a minute, and may be missed at two afterwards.
    misses, seen, told = 0, False, None
    while misses < (3 if seen else 12):
        misses, seen = (0, True) if is_there() else (misses + 1, seen)
        found = status(folder)
        if found and {**found, "lastUpdatedTime": ""} != told:
            told = {**found, "lastUpdatedTime": ""}
            tell(found)
        if found and found["progressPercentage"] == 100:
            return
        time.sleep(PAUSE)


main()
