#!/usr/bin/env python3
"""Has the real promtool check a program's metrics and a real Prometheus scrape them; prints what it knows then as JSON.

scrape_with_prometheus.py PROGRAMS PORT FOLDER QUERY…
PROGRAMS is the folder of promtool and prometheus; FOLDER takes the server's data.
"""
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

PATIENCE = 90


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def fetch(url):
    with urllib.request.urlopen(url, timeout=20) as answer:
        return answer.headers["Content-Type"], answer.read()


def ask(port, query):
    """Numbers by their labels, once Prometheus knows any."""
    url = f"http://127.0.0.1:{port}/api/v1/query?" + urllib.parse.urlencode({"query": query})
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            found = json.loads(fetch(url)[1])["data"]["result"]
        except (urllib.error.URLError, ConnectionError):
            found = []
        if found:
            return [[one["metric"], float(one["value"][1])] for one in found]
        time.sleep(0.2)
    return []


def main():
    programs, port, folder, *queries = sys.argv[1:]
    for name in ("promtool", "prometheus"):
        if not os.access(f"{programs}/{name}", os.X_OK):
            sys.exit(f"looking for {name}: none was found in {programs}; run Tests/Peers/setup")
    kind, text = fetch(f"http://127.0.0.1:{port}/metrics")
    checked = subprocess.run([f"{programs}/promtool", "check", "metrics"], input=text, capture_output=True)
    found = {
        "type": kind,
        "text": text.decode(),
        "status": checked.returncode,
        "complaints": (checked.stdout + checked.stderr).decode(),
    }
    listen = free_port()
    with open(f"{folder}/prometheus.yml", "w") as file:
        file.write(
            "global: {scrape_interval: 1s}\nscrape_configs:\n- job_name: lockstep\n"
            f"  static_configs: [{{targets: ['127.0.0.1:{port}']}}]\n"
        )
    with open(f"{folder}/prometheus.log", "w") as log:
        server = subprocess.Popen(
            [
                f"{programs}/prometheus", f"--config.file={folder}/prometheus.yml",
                f"--storage.tsdb.path={folder}/data", f"--web.listen-address=127.0.0.1:{listen}",
            ],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )
    try:
        found["answers"] = {query: ask(listen, query) for query in queries}
    finally:
        server.terminate()
        server.wait()
    print(json.dumps(found))


main()
