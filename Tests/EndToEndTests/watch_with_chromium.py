#!/usr/bin/env python3
"""Opens the live page of a run in headless Chromium, over its DevTools pipe, and prints what it sees as JSON.

watch_with_chromium.py URL WORKER_PROCESS FOLDER [TOKEN]
Kills the worker process on the way. Screenshots go into FOLDER.
"""
import base64
import json
import os
import shutil
import signal
import subprocess
import sys
import time

PATIENCE = 60.0


class Browser:
    """Chromium, spoken to over a pair of pipes: JSON texts that end in a zero byte."""

    def __init__(self, folder):
        program = shutil.which("chromium") or shutil.which("chromium-browser")
        if program is None:
            sys.exit("looking for a browser: no chromium was found where one was expected; run Tests/Peers/setup")
        to_read, self.to = os.pipe()
        self.back, from_write = os.pipe()

        def arrange():
            # Its descriptors 3 and 4, wherever ours lie.
            first, second = os.dup(to_read), os.dup(from_write)
            high = [os.dup(first), os.dup(second)]
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        self.process = subprocess.Popen(
            [
                program, "--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu",
                "--disable-dev-shm-usage", "--no-first-run", f"--user-data-dir={folder}/profile", "about:blank",
            ],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            close_fds=False, preexec_fn=arrange,
        )
        os.close(to_read)
        os.close(from_write)
        self.rest, self.number, self.events = b"", 0, []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = None
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "DOM"):
            self.call(f"{domain}.enable")

    def take(self):
        """The next message."""
        while b"\0" not in self.rest:
            part = os.read(self.back, 1 << 20)
            if not part:
                sys.exit("talking to chromium: it ended where an answer was expected")
            self.rest += part
        line, _, self.rest = self.rest.partition(b"\0")
        return json.loads(line)

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if getattr(self, "session", None):
            message["sessionId"] = self.session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.take()
            if answer.get("id") == self.number:
                if "error" in answer:
                    sys.exit(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def value(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            sys.exit(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def wait(self, expression):
        """How many seconds it took for an expression to be true; none where it did not become so."""
        start = time.monotonic()
        while time.monotonic() - start < PATIENCE:
            if self.value(expression):
                return time.monotonic() - start
            time.sleep(0.05)
        return None

    def key(self, name, code, text=None):
        parameters = {"key": name, "code": name, "windowsVirtualKeyCode": code}
        if text:
            parameters["text"] = text
        self.call("Input.dispatchKeyEvent", type="keyDown", **parameters)
        self.call("Input.dispatchKeyEvent", type="keyUp", **parameters)

    def picture(self, path):
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))

    def complaints(self):
        """What was said on the console, exceptions, and what could not be loaded."""
        texts = []
        for event in self.events:
            method, parameters = event.get("method"), event.get("params", {})
            if method == "Log.entryAdded":
                texts.append(parameters["entry"]["text"])
            elif method == "Runtime.consoleAPICalled":
                texts.append(str([argument.get("value") for argument in parameters["args"]]))
            elif method == "Runtime.exceptionThrown":
                texts.append(str(parameters["exceptionDetails"]))
            elif method == "Network.loadingFailed" and not parameters.get("canceled"):
                texts.append(parameters["errorText"])
        return texts

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def size(browser, width, height):
    browser.call(
        "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500
    )


def colours(browser, scheme):
    browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    return browser.value(
        "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color,"
        " getComputedStyle(document.querySelector('#curves path.c0')).stroke,"
        " getComputedStyle(document.querySelector('#shards rect')).fill]"
    )


CURVES = "[...document.querySelectorAll('#curves path.c0')].map(path => path.getAttribute('d')).join()"
FACT = "[...document.querySelectorAll('#facts dt')].find(name => name.textContent === '{}').nextElementSibling.textContent"


def watch(browser, url, worker, folder, token):
    found = {}
    size(browser, 1280, 900)
    browser.call("Page.navigate", url=url + (f"?token={token}" if token else ""))
    found["opened"] = browser.wait("document.querySelector('#curves path.c0') !== null") is not None
    found["address"] = browser.value("location.href")
    found["title"] = browser.value("document.title")
    found["shown"] = browser.wait("document.querySelectorAll('#shards rect title').length > 3") is not None
    found["named"] = browser.wait("/\\/\\d+ \\(/.test(document.querySelector('#shards .legend').textContent)") is not None
    before = browser.value(CURVES)
    found["moved"] = browser.wait(f"{CURVES} !== {json.dumps(before)}") is not None
    step = browser.value(FACT.format("step"))
    found["stepped"] = browser.wait(f"{FACT.format('step')} !== {json.dumps(step)}") is not None
    found["colours"] = {scheme: colours(browser, scheme) for scheme in ("light", "dark")}
    browser.picture(f"{folder}/dark.png")
    colours(browser, "light")
    browser.picture(f"{folder}/light.png")

    # Keys: the button is reached and seen, and what scrolls keeps the focus while it is redrawn.
    found["focused"] = []
    for _ in range(2):
        browser.key("Tab", 9)
        found["focused"].append(browser.value("document.activeElement.id || document.activeElement.className"))
        if len(found["focused"]) == 1:
            found["outline"] = browser.value("getComputedStyle(document.activeElement).outlineStyle")
    again = browser.value(FACT.format("step"))
    browser.wait(f"{FACT.format('step')} !== {json.dumps(again)}")
    found["kept"] = browser.value("document.activeElement.id || document.activeElement.className")
    browser.value("document.getElementById('pause').focus()")
    browser.key("Enter", 13, "\r")
    found["paused"] = browser.value("document.getElementById('pause').getAttribute('aria-pressed')")
    still = browser.value(FACT.format("step"))
    time.sleep(2.5)
    found["stays"] = browser.value(FACT.format("step")) == still
    browser.key("Enter", 13, "\r")
    found["goes on"] = browser.wait(f"{FACT.format('step')} !== {json.dumps(still)}") is not None

    size(browser, 360, 740)
    found["narrow"] = browser.value("[document.documentElement.scrollWidth, innerWidth]")
    browser.picture(f"{folder}/narrow.png")
    size(browser, 1280, 900)

    # A worker that dies.
    faults = browser.value("document.querySelectorAll('#workers circle').length")
    os.kill(worker, signal.SIGKILL)
    found["lost after"] = browser.wait(f"document.querySelectorAll('#workers circle').length > {faults}")
    found["told"] = browser.value("document.getElementById('faults').textContent")
    found["back"] = browser.wait(f"{FACT.format('workers')} === '2'") is not None
    browser.picture(f"{folder}/lost.png")
    browser.value("new Promise(done => setTimeout(done, 200))")
    found["complaints"] = browser.complaints()
    return found


def main():
    url, worker, folder, *rest = sys.argv[1:]
    browser = Browser(folder)
    try:
        print(json.dumps(watch(browser, url, int(worker), folder, rest[0] if rest else None)))
    finally:
        browser.end()


main()
