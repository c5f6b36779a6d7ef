package import Foundation

/// What started a run, where, when and with which settings.
package struct RunOrigin: Equatable, Sendable {
    /// The program's version.
    package var version: String
    /// The commit that it was built from.
    package var commit: String
    /// The kernels that compute on the coordinator's host.
    package var kernels: String
    /// The coordinator's host.
    package var host: String
    /// When this start of the run began.
    package var startTime: Date
    /// Every setting by its key.
    package var settings: [String: SettingValue]

    /// Gathers what is known.
    package init(
        version: String,
        commit: String,
        kernels: String,
        host: String,
        startTime: Date,
        settings: [String: SettingValue]
    ) {
        self.version = version
        self.commit = commit
        self.kernels = kernels
        self.host = host
        self.startTime = startTime
        self.settings = settings
    }

    /// The start in ISO 8601, to the second.
    package var startText: String { startTime.formatted(.iso8601) }
}
