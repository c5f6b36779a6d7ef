/// The page that shows a run while it goes on: its frame, its style and its script.
///
/// The script does nothing but bring the parts that the server has drawn into their places; where a
/// part stays, its elements stay, and with them the reader's focus and place.
package enum LivePage {
    /// The page before any part has come.
    package static func html(title: String) -> String {
        let title = Markup.escaped(title)
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(title) · Lockstep, live</title><link rel="icon" href="data:,">
            <link rel="stylesheet" href="/live.css"><script src="/live.js" defer></script></head><body>
            <header><h1>Run \(title)</h1>
            <p class="bar"><span id="link" class="quiet" role="status">connecting</span>
            <button id="pause" type="button" aria-pressed="false">Pause</button></p>
            <noscript><p class="note">This page needs its script; lockstep report makes one that does not.</p></noscript></header>
            <main><div id="facts"></div>
            <h2>Curves</h2><div class="charts" id="curves"></div>
            <h2>Who computes</h2><div id="shards"></div><div id="workers"></div>
            <h2>Faults survived</h2><div id="faults"></div></main></body></html>

            """
    }

    /// The style sheet: the report's, and what only this page has.
    package static var style: String {
        let fills = (0..<PageStyle.colourCount).map { ".f\($0) { fill: var(--c\($0)); }" }
        return PageStyle.text + """

            \(fills.joined(separator: "\n"))
            .bar { display: flex; gap: 1rem; align-items: center; }
            button { font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--quiet); border-radius: .4rem; padding: .2rem .8rem; }
            button:focus-visible { outline: 2px solid var(--c0); outline-offset: 2px; }
            .facts { display: grid; gap: .5rem; margin: .5rem 0; grid-template-columns: repeat(auto-fill, minmax(8.5rem, 1fr)); }
            .facts div { background: var(--card); border-radius: .5rem; padding: .4rem .6rem; min-width: 0; }
            .facts dt { color: var(--quiet); font-size: .85rem; } .facts dd { margin: 0; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
            #shards .card { max-width: 42rem; margin-bottom: 1rem; }

            """
    }

    /// The script.
    package static let script = """
        "use strict";
        const link = document.getElementById("link");
        const pause = document.getElementById("pause");
        const waiting = new Map();
        let isPaused = false;

        // Makes one element what another is, and keeps what is the same.
        function become(old, fresh) {
          if (old.nodeName !== fresh.nodeName) return old.replaceWith(fresh);
          if (!(old instanceof Element)) {
            if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
            return;
          }
          // Whether details are open is the reader's to say.
          const isKept = name => old.nodeName === "DETAILS" && name === "open";
          for (const { name } of [...old.attributes])
            if (!fresh.hasAttribute(name) && !isKept(name)) old.removeAttribute(name);
          for (const { name, value } of fresh.attributes)
            if (old.getAttribute(name) !== value && !isKept(name)) old.setAttribute(name, value);
          hold(old, fresh);
        }

        function hold(old, fresh) {
          const olds = [...old.childNodes];
          const freshOnes = [...fresh.childNodes];
          freshOnes.forEach((one, index) => {
            if (index < olds.length) become(olds[index], one); else old.append(one);
          });
          for (const one of olds.slice(freshOnes.length)) one.remove();
        }

        function show(name, text) {
          const template = document.createElement("template");
          template.innerHTML = text;
          hold(document.getElementById(name), template.content);
        }

        function say(text) { if (link.textContent !== text) link.textContent = text; }

        const source = new EventSource("/events");
        for (const name of ["facts", "curves", "shards", "workers", "faults"]) {
          source.addEventListener(name, event => {
            if (isPaused) waiting.set(name, event.data); else show(name, event.data);
          });
        }
        source.addEventListener("open", () => say("live"));
        source.addEventListener("end", () => {
          source.close();
          say("the run has ended; lockstep report shows what came of it");
        });
        source.addEventListener("error", () => {
          say(source.readyState === EventSource.CLOSED
            ? "the connection is closed; load the page again"
            : "the connection is lost; trying again");
        });
        pause.addEventListener("click", () => {
          isPaused = !isPaused;
          pause.setAttribute("aria-pressed", String(isPaused));
          pause.textContent = isPaused ? "Go on" : "Pause";
          if (isPaused) return;
          for (const [name, text] of waiting) show(name, text);
          waiting.clear();
        });

        """
}
