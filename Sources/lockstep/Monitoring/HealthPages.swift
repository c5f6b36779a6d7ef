import Hosting
import WebServer

/// `/healthz` tells whether the process is alive, `/readyz` whether it does what it was started
/// for: 200 for yes and 503 for no.
struct HealthPages: HTTPResponder {
    let health: Health

    func answer(to request: HTTPRequest) -> HTTPAnswer? {
        let found: (isGood: Bool, text: String)
        switch request.path {
        case "/healthz": found = health.liveness()
        case "/readyz": found = health.readiness()
        default: return nil
        }
        return HTTPAnswer(found.isGood ? .ok : .unavailable, found.text)
    }
}
