"""Checks the manifests of kinds that Kubernetes does not have itself, and what no schema sees in them.

    custom_resources.py [PROGRAM]        with the program, also that it knows the variables that are set

The schemas of these kinds, in `schemas`, are strict: a field that is none is an error. The Jobs in them are checked
against Kubernetes' own schemas. Then Kubeflow's reporter of progress sends to a server of its own.
"""

import http.server
import json
import os
import pathlib
import ssl
import subprocess
import sys
import tempfile
import threading

import jsonschema
import kubernetes_validate
import yaml

folder = pathlib.Path("Deploy/kubernetes")
schemas = {path.stem: json.loads(path.read_text()) for path in pathlib.Path("Tests/Cluster/schemas").glob("*.json")}
failures = []
count = 0


def expect(is_true, text):
    global count
    count += 1
    if not is_true:
        failures.append(text)


def documents(*names):
    return [part for name in names for part in yaml.safe_load_all((folder / name).read_text())]


def check(part, name):
    """A part against the schema of its kind."""
    errors = jsonschema.Draft202012Validator(schemas[part["kind"].lower()]).iter_errors(part)
    messages = [f"{name}: {'/'.join(map(str, error.path))}: {error.message[:200]}" for error in errors]
    expect(not messages, "")
    if messages:
        # What follows reads its fields.
        sys.exit("\n".join(f"manifests: {message}" for message in messages))


def check_core(part, name):
    """A part against the schemas of Kubernetes itself."""
    for version in ("1.31", "1.33", "1.37"):
        try:
            kubernetes_validate.validate(part, version, strict=True)
            expect(True, "")
        except kubernetes_validate.ValidationError as error:
            expect(False, f"{name}: {'/'.join(map(str, error.path))}: {error.message[:200]} ({version})")


def check_set(spec, name, set_name, connect):
    """What ties a JobSet's parts together."""
    jobs = {job["name"]: job["template"]["spec"] for job in spec["replicatedJobs"]}
    for job_name, job in jobs.items():
        check_core({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": job_name}, "spec": job}, name)
        labels = job["template"]["metadata"]["labels"]
        expect(labels["app.kubernetes.io/component"] == job_name, f"{name}: {job_name} is labelled {labels}")
        for label in ("name", "part-of", "instance", "version"):
            expect(f"app.kubernetes.io/{label}" in labels, f"{name}: {job_name} has no label {label}")
        expect(job["template"]["spec"]["restartPolicy"] == "Never", f"{name}: {job_name}: no policy sees its failures")
        expect(job["completions"] == job["parallelism"], f"{name}: {job_name} waits for itself")
        containers = {each["name"]: each for each in job["template"]["spec"]["containers"]}
        for rule in job["podFailurePolicy"]["rules"]:
            container = rule.get("onExitCodes", {}).get("containerName")
            expect(container is None or container in containers, f"{name}: {job_name} has no {container}")
    expect(jobs["worker"]["backoffLimit"] >= 100_000, f"{name}: workers are given up")
    expect(spec["successPolicy"] == {"operator": "All", "targetReplicatedJobs": ["coordinator"]}, f"{name}: success")
    for rule in spec["failurePolicy"]["rules"]:
        reasons = {"BackoffLimitExceeded", "DeadlineExceeded", "FailedIndexes", "PodFailurePolicy"}
        expect(set(rule["onJobFailureReasons"]) <= reasons, f"{name}: no Job fails for {rule['onJobFailureReasons']}")
    network = spec["network"]
    expect(network["enableDNSHostnames"] and network["publishNotReadyAddresses"], f"{name}: names come too late")
    environment = jobs["worker"]["template"]["spec"]["containers"][0]["env"]
    address = {each["name"]: each.get("value") for each in environment}["LOCKSTEP_CONNECT"]
    expect(address == connect, f"{name}: workers connect to {address} where {connect} was expected")
    expect(network.get("subdomain", set_name) == set_name, f"{name}: the subdomain is {network.get('subdomain')}")
    return jobs


def variables(jobs):
    containers = (each for job in jobs.values() for each in job["template"]["spec"]["containers"])
    return {each["name"] for container in containers for each in container["env"] if "LOCKSTEP_" in each["name"]}


jobset = next(part for part in documents("jobset/jobset.yaml") if part["kind"] == "JobSet")
check(jobset, "jobset.yaml")
found = check_set(jobset["spec"], "jobset.yaml", "lockstep", "tcp://lockstep-coordinator-0-0.lockstep:5555")
names = variables(found)

runtime = next(part for part in documents("kubeflow/runtime.yaml") if part["kind"] == "TrainingRuntime")
check(runtime, "runtime.yaml")
jobs = runtime["spec"]["template"]["spec"]
# A set has the name of its TrainJob, which the label of the pod tells.
found = check_set(jobs, "runtime.yaml", "$(JOBSET)", "tcp://$(JOBSET)-coordinator-0-0.$(JOBSET):5555")
names |= variables(found) - {"LOCKSTEP_HEALTH_URL"}
trainers = [
    job for job in jobs["replicatedJobs"]
    if job["template"].get("metadata", {}).get("labels", {}).get("trainer.kubeflow.org/trainjob-ancestor-step")
]
expect([job["replicas"] for job in trainers] == [1], "runtime.yaml: Trainer wants one trainer with one replica")
pod = trainers[0]["template"]["spec"]["template"]["spec"]
expect("node" in [each["name"] for each in pod["containers"]], "runtime.yaml: Trainer wants a container `node`")

(trainjob,) = documents("kubeflow/trainjob.yaml")
check(trainjob, "trainjob.yaml")
reference = trainjob["spec"]["runtimeRef"]
expect(reference["name"] == runtime["metadata"]["name"] and reference["kind"] == runtime["kind"], "trainjob.yaml: runtime")
names |= {each["name"] for each in trainjob["spec"]["trainer"]["env"]}

for part in (jobset, trainjob):
    expect("kueue.x-k8s.io/queue-name" in part["metadata"]["labels"], f"{part['kind']}: no queue of Kueue's")
for part in documents("jobset/jobset.yaml", "jobset/network.yaml", "kubeflow/runtime.yaml", "podmonitor.yaml"):
    if part["kind"].lower() not in schemas:
        check_core(part, part["kind"])
for own, other in (("network.yaml", "jobset/network.yaml"),):
    expect((folder / own).read_text() == (folder / other).read_text(), f"{other}: differs from {own}")

monitor = next(part for part in documents("podmonitor.yaml") if part["kind"] == "PodMonitor")
check(monitor, "podmonitor.yaml")
selected = monitor["spec"]["selector"]["matchLabels"]
for name in ("coordinator.yaml", "workers.yaml"):
    for part in documents(name):
        labels = part["metadata"]["labels"]
        expect({"app.kubernetes.io/name", "app.kubernetes.io/component"} <= labels.keys(), f"{name}: labels {labels}")
        if "template" in part["spec"]:
            template = part["spec"]["template"]
            expect(selected.items() <= template["metadata"]["labels"].items(), f"podmonitor.yaml: does not see {name}")
            ports = {port["name"] for each in template["spec"]["containers"] for port in each["ports"]}
            wanted = {each["port"] for each in monitor["spec"]["podMetricsEndpoints"]}
            expect(wanted <= ports, f"podmonitor.yaml: {name} has {ports}")
for name in (".", "jobset", "kubeflow"):
    pairs = yaml.safe_load((folder / name / "kustomization.yaml").read_text())["labels"][0]["pairs"]
    for label in ("part-of", "instance", "version"):
        expect(f"app.kubernetes.io/{label}" in pairs, f"{name}: kustomize gives no label {label}")
    listed = yaml.safe_load((folder / name / "kustomization.yaml").read_text())["resources"]
    expect(all((folder / name / each).exists() for each in listed), f"{name}: kustomize lists {listed}")

if len(sys.argv) > 1 and sys.argv[1]:
    texts = [
        subprocess.run([sys.argv[1], each, "--help"], capture_output=True, text=True).stdout
        for each in ("coordinator", "worker")
    ]
    for name in names:
        # A setting's variable follows from its flag.
        flag = "--" + name.removeprefix("LOCKSTEP_").lower().replace("_", "-") + " "
        expect(any(name in text or flag in text for text in texts), f"{name}: the program knows no such variable")


class Trainer(http.server.BaseHTTPRequestHandler):
    """Takes progress as Kubeflow Trainer does."""

    received = []

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        Trainer.received.append((self.headers["Authorization"], body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


with tempfile.TemporaryDirectory() as temporary:
    place = pathlib.Path(temporary)
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"]
        + ["-keyout", place / "key", "-out", place / "ca.crt"] + subject,
        check=True,
        capture_output=True,
    )
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Trainer)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(place / "ca.crt", place / "key")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    (place / "token").write_text("secret\n")
    (place / "config.yaml").write_text("epochs: 4\nseed: 1\n")
    common = {"loss": 0.25, "accuracy": 0.9, "samplesPerSecond": 1000}
    lines = [
        {"kind": "epoch", "epoch": 1, "step": 100, "seconds": 2, "val_loss": 0.2, "val_accuracy": 0.95, **common},
        {"kind": "step", "epoch": 2, "step": 150, **common, "loss": None},
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (place / "metrics.jsonl").write_text(text + '{"kind": "st')
    environment = os.environ | {
        "KUBEFLOW_TRAINER_SERVER_URL": f"https://localhost:{server.server_port}/status",
        "KUBEFLOW_TRAINER_SERVER_CA_CERT": str(place / "ca.crt"),
        "KUBEFLOW_TRAINER_SERVER_TOKEN": str(place / "token"),
        "LOCKSTEP_PROGRESS_SECONDS": "20",
        # Nobody is there: it looks a dozen times, and ends.
        "LOCKSTEP_HEALTH_URL": "http://127.0.0.1:9/healthz",
    }
    command = [sys.executable, folder / "kubeflow/progress.py", place]
    subprocess.run(command, env=environment | {"LOCKSTEP_PROGRESS_SECONDS": "0.01"}, timeout=600)
    (place / "summary.json").write_text("{}")
    done = subprocess.run(command, env=environment, timeout=60, capture_output=True, text=True)
    expect(done.returncode == 0 and not done.stderr, f"progress.py: {done.stderr}")
    server.shutdown()
for _, body in Trainer.received:
    errors = list(jsonschema.Draft202012Validator(schemas["trainjobstatus"]).iter_errors(body))
    expect(not errors, f"progress.py: {errors[:1]}")
expect({head for head, _ in Trainer.received} == {"Bearer secret"}, "progress.py: shows no token")
statuses = [body["trainerStatus"] for _, body in Trainer.received]
expect([each["progressPercentage"] for each in statuses] == [37, 100], f"progress.py: {statuses}")
expect([each["estimatedRemainingSeconds"] for each in statuses] == [5, 0], f"progress.py: {statuses}")
values = {each["name"]: each["value"] for each in statuses[0]["metrics"]} if statuses else {}
expect(values.get("loss") == "0.25" and values.get("val_accuracy") == "0.95", f"progress.py: {values}")

for failure in failures:
    print(f"manifests: {failure}", file=sys.stderr)
print(f"{count - len(failures)} passed, {len(failures)} failed")
sys.exit(1 if failures else 0)
