import Foundation
import TestTools
import Testing

/// The live page of real runs.
@Suite(.serialized) struct DashboardTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func small() throws {
        try SmallDataset.write(
            trainingCount: 640,
            testCount: 40,
            into: folder.url.appending(path: "data")
        )
    }

    private static let token = "0123456789abcdef0123"

    @Test func `opens to nobody who comes from elsewhere`() throws {
        try small()
        let port = try freePort()
        let program = try Program(
            [
                "train", "--workers", "2", "--dataset", "data", "--epochs", "100000", "--run-dir",
                "R",
            ],
            in: folder.url,
            environment: ["LOCKSTEP_DASHBOARD": "127.0.0.1:\(port)"]
        )
        defer {
            program.signalGroup(SIGKILL)
            _ = program.wait()
        }
        #expect(
            eventually { httpAnswer(port, "/")?.contains("Run R") == true },
            "\(program.errors)"
        )
        let page = try #require(httpAnswer(port, "/"))
        #expect(page.hasPrefix("HTTP/1.1 200 OK"))
        #expect(page.contains("\nContent-Security-Policy: default-src 'none'; script-src 'self';"))
        // Nothing is fetched from elsewhere, and nothing runs that is in the page.
        #expect(!page.contains("://") && !page.contains(" style="))
        #expect(!page.contains(#/\son[a-z]+=/#))
        for path in ["/", "/events", "/metrics", "/live.js"] {
            let answer = httpAnswer(port, path, host: "evil.example")
            #expect(answer?.hasPrefix("HTTP/1.1 421 ") == true, "\(path): \(answer ?? "")")
        }
        #expect(httpAnswer(port, "/healthz", host: "x")?.hasSuffix("\nalive\n") == true)
        let events = try #require(httpAnswer(port, "/events"))
        #expect(events.contains("event: curves\ndata: <figure"))
        #expect(!events.contains(" style="), "the page's policy allows none")
        #expect(program.errors.contains("the live page is at http://127.0.0.1:\(port)/\n"))
    }

    @Test func `opens to other machines for a token alone, which it tells nobody`() throws {
        try small()
        let port = try freePort()
        let arguments = [
            "coordinator", "--bind", "tcp://127.0.0.1:*", "--dataset", "data", "--run-dir", "R",
            "--dashboard", "0.0.0.0:\(port)",
        ]
        let refused = try Program.run(arguments, in: folder.url)
        #expect(refused.status == 2, "\(refused.errors)")
        #expect(refused.errors.contains("set LOCKSTEP_DASHBOARD_TOKEN"), "\(refused.errors)")
        let short = try Program.run(
            arguments,
            in: folder.url,
            environment: ["LOCKSTEP_DASHBOARD_TOKEN": "secret"]
        )
        #expect(short.status == 2 && short.errors.contains("6 characters"), "\(short.errors)")
        #expect(!short.errors.contains("secret"))
        let program = try Program(
            arguments + ["--log-level", "trace"],
            in: folder.url,
            environment: ["LOCKSTEP_DASHBOARD_TOKEN": Self.token]
        )
        defer {
            program.signal(SIGKILL)
            _ = program.wait()
        }
        #expect(eventually { httpAnswer(port, "/") != nil }, "\(program.errors)")
        func status(_ target: String, _ fields: String = "Accept: */*") -> Substring? {
            httpAnswer(port, target, host: "any.example", fields)?.dropFirst(9).prefix(3)
        }
        for path in ["/", "/events", "/metrics", "/live.css", "/none", "/?token=wrong"] {
            #expect(status(path) == "401", "\(path)")
        }
        #expect(status("/", "Authorization: Bearer \(Self.token)") == "200")
        #expect(status("/metrics", "Authorization: Bearer \(Self.token)x") == "401")
        let opened = try #require(httpAnswer(port, "/?token=\(Self.token)"))
        #expect(opened.hasPrefix("HTTP/1.1 303 "))
        let cookie = try #require(opened.firstMatch(of: /Set-Cookie: ([^;]+);/)).1
        #expect(status("/", "Cookie: \(cookie)") == "200")
        #expect(!program.errors.contains(Self.token) && !program.output.contains(Self.token))
        let environment = try Data(contentsOf: URL(filePath: "/proc/\(program.identifier)/environ"))
        #expect(environment.range(of: Data(Self.token.utf8)) == nil)
    }

    /// What the browser saw.
    private struct Seen: Decodable {
        let opened, shown, named, moved, stepped, stays: Bool
        let address, title, outline, kept, paused, told: String
        let colours: [String: [String]]
        let focused, complaints: [String]
        let narrow: [Double]
        let lost: Double?
        let goesOn, back: Bool

        enum CodingKeys: String, CodingKey {
            case opened, shown, named, moved, stepped, stays, address, title, outline, kept
            case paused, told, colours, focused, complaints, narrow, back
            case lost = "lost after"
            case goesOn = "goes on"
        }
    }

    @Test(.enabled(if: PeerPython.isWanted, "\(PeerPython.wish)"), arguments: [false, true])
    func `shows a real run in a real browser`(hasToken: Bool) throws {
        let port = try freePort()
        let program = try Program(
            [
                "train", "--workers", "2", "--epochs", "100000", "--run-dir", "digits",
                "--log-every", "10", "--dashboard", "127.0.0.1:\(port)",
            ],
            in: folder.url,
            environment: hasToken ? ["LOCKSTEP_DASHBOARD_TOKEN": Self.token] : [:]
        )
        defer {
            program.signalGroup(SIGKILL)
            _ = program.wait()
        }
        #expect(eventually { httpAnswer(port, "/healthz") != nil }, "\(program.errors)")
        #expect(eventually { processes(with: ["--exit-on-stdin-eof"], in: folder.url).count == 2 })
        let worker = try #require(processes(with: ["--exit-on-stdin-eof"], in: folder.url).first)
        let pictures = ProcessInfo.processInfo.environment["LOCKSTEP_TEST_PICTURES"]
        let data = try PeerPython.run(
            "watch_with_chromium.py",
            ["http://127.0.0.1:\(port)/", "\(worker)", pictures ?? folder.url.path]
                + (hasToken ? [Self.token] : [])
        )
        let seen = try JSONDecoder().decode(Seen.self, from: data)
        #expect(seen.opened && seen.shown && seen.named && seen.moved && seen.stepped)
        #expect(seen.address == "http://127.0.0.1:\(port)/" && seen.title.hasPrefix("digits"))
        #expect(seen.complaints == [])
        // Another background, another ink, other colours of curves.
        let (light, dark) = (seen.colours["light"] ?? [], seen.colours["dark"] ?? [])
        #expect(light.count == 4 && zip(light, dark).allSatisfy { $0 != $1 }, "\(seen.colours)")
        #expect(seen.focused == ["pause", "wide"])
        #expect(seen.outline == "solid" && seen.kept == "wide")
        #expect(seen.paused == "true" && seen.stays && seen.goesOn)
        #expect(seen.narrow == [360, 360], "\(seen.narrow)")
        #expect(seen.lost ?? .infinity < 2 * Double(Sanitizer.patience), "\(seen.told)")
        #expect(seen.told.contains("is lost") || seen.told.contains("was lost"), "\(seen.told)")
        #expect(seen.back)
    }
}
