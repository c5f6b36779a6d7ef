/// The page's style sheet.
enum PageStyle {
    /// Colours of curves: those of Okabe and Ito, which people with any colour vision tell apart,
    /// darkened or lightened to be read on white and on black.
    static let colourCount = 9

    private static let light = [
        "#0072b2", "#c04a00", "#007f5b", "#a6428c", "#8a6d00", "#2b83ba", "#444444", "#7a3fb0",
        "#b8336a",
    ]
    private static let dark = [
        "#5ab4e8", "#ff9250", "#3fd0a4", "#e58fc8", "#e8c840", "#9ad2f2", "#d0d0d0", "#c39bf0",
        "#ff86b4",
    ]

    private static func variables(_ colours: [String]) -> String {
        colours.enumerated().map { "--c\($0): \($1);" }.joined(separator: " ")
    }

    /// The whole of it.
    static var text: String {
        let curves = (0..<colourCount).map {
            ".c\($0) { stroke: var(--c\($0)); } circle.c\($0) { fill: var(--c\($0)); }"
        }
        return """
            :root { color-scheme: light dark; --page: #ffffff; --card: #f6f7f9; --ink: #16191d; --quiet: #5a626c; --line: #d5d9de;
              --right: #1e5aa8; --wrong: #c4281c; \(variables(light)) }
            @media (prefers-color-scheme: dark) { :root { --page: #14171a; --card: #1d2126; --ink: #e8eaed; --quiet: #a3abb5;
              --line: #3a4149; --right: #4d94e8; --wrong: #ef6a5e; \(variables(dark)) } }
            * { box-sizing: border-box; }
            body { margin: 0 auto; max-width: 84rem; padding: 1rem; background: var(--page); color: var(--ink);
              font: 16px/1.45 system-ui, sans-serif; }
            h1 { font-size: 1.5rem; margin: .2rem 0; } h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; overflow-wrap: anywhere; }
            h3 { font-size: 1rem; margin: 1.2rem 0 .4rem; } p { margin: .4rem 0; }
            .quiet, figcaption .quiet { color: var(--quiet); font-weight: normal; } .note { border-left: 3px solid var(--wrong); padding-left: .6rem; }
            .charts { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 27rem), 1fr)); }
            .card { margin: 0; padding: .7rem; background: var(--card); border-radius: .5rem; min-width: 0; }
            .card figcaption { font-weight: 600; }
            .card svg { display: block; width: 100%; height: auto; overflow: visible; }
            svg text { fill: var(--quiet); font: 13px system-ui, sans-serif; }
            svg path { fill: none; stroke-width: 1.8; stroke-linejoin: round; } svg .rule { stroke: var(--line); stroke-width: 1; }
            svg .dashed { stroke-dasharray: 5 3; } svg .faint { stroke-width: 1; opacity: .45; }
            \(curves.joined(separator: "\n"))
            .legend { list-style: none; margin: .3rem 0 0; padding: 0; display: flex; flex-wrap: wrap; gap: .1rem 1rem; font-size: .85rem; }
            .legend li { overflow-wrap: anywhere; } .legend .quiet { flex-basis: 100%; }
            .legend svg { display: inline-block; width: 1.5rem; height: .5rem; margin-right: .35rem; vertical-align: middle; }
            .wide { overflow-x: auto; } .wide:focus-visible, summary:focus-visible { outline: 2px solid var(--c0); outline-offset: 2px; }
            table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }
            caption { text-align: left; color: var(--quiet); padding: .2rem 0; }
            th, td { text-align: right; padding: .2rem .45rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
            th:first-child, th:last-child, td:last-child { text-align: left; } thead th { color: var(--quiet); font-weight: 600; }
            table.plain td { text-align: left; white-space: normal; overflow-wrap: anywhere; }
            .confusion td, .confusion th { text-align: center; min-width: 2.2rem; padding: .25rem; border: 1px solid var(--page); }
            .confusion .right { background: color-mix(in srgb, var(--right) var(--s), var(--card)); }
            .confusion .wrong { background: color-mix(in srgb, var(--wrong) var(--s), var(--card)); }
            .confusion .deep { color: #fff; } .confusion .sum { color: var(--quiet); }
            @media (prefers-color-scheme: dark) { .confusion .deep { color: #000; } }
            .digits { display: grid; gap: .6rem; grid-template-columns: repeat(auto-fill, minmax(6.5rem, 1fr)); }
            .digits figure { margin: 0; font-size: .75rem; color: var(--quiet); }
            .digits img { width: 100%; height: auto; image-rendering: pixelated; border-radius: .25rem; display: block; }
            .filters { display: grid; gap: .6rem; grid-template-columns: repeat(auto-fill, minmax(4.5rem, 6rem)); }
            .filters svg { width: 100%; height: auto; background: var(--card); } .above { fill: var(--right); } .below { fill: var(--wrong); }
            .workers .time { min-width: 12rem; width: 100%; } .workers svg { display: block; width: 100%; min-width: 12rem; }
            .workers rect { fill: var(--c0); } .workers circle { fill: var(--wrong); }
            .phases { display: flex; height: 1.1rem; border-radius: .25rem; overflow: hidden; background: var(--card); }
            .phases span { min-width: 0; }
            code { font-size: .9em; overflow-wrap: anywhere; }
            @media (max-width: 30rem) { body { padding: .6rem; } th, td { padding: .2rem .35rem; } .confusion td, .confusion th { min-width: 1.55rem; font-size: .75rem; padding: .15rem; }
              .confusion .sum { display: none; } .card svg text { font-size: 16px; } }
            """
    }
}
