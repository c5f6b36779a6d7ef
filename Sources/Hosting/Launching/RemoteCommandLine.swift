/// What ssh is called with to start workers on a host.
///
/// ssh hands one text to the login shell there, whichever that is, so a script for `sh` goes in
/// single quotes, on one line and without any of them inside; what varies follows it as arguments.
struct RemoteCommandLine: Equatable {
    /// ssh and its options.
    var ssh: [String]
    /// Where to.
    var host: RemoteHost
    /// The program there; nil for the files that are sent along, its own first.
    var program: String?
    /// What is sent along.
    var files: [ProgramFile]
    /// The coordinator's host as the workers call it; nil for the address that ssh comes from.
    var coordinatorHost: String?
    /// The coordinator's port.
    var port: String
    /// More options of `lockstep worker`.
    var options: [String]

    /// Everything behind the name of the ssh program.
    ///
    /// A question of ssh's, such as for a password, would be asked by several hosts at once: it is
    /// a failure instead. A host that answers nothing for half a minute counts as lost.
    var arguments: [String] {
        ssh.dropFirst() + [
            "-T", "-o", "BatchMode=yes", "-o", "ServerAliveInterval=10", "-o",
            "ServerAliveCountMax=3", "--", host.destination, remoteText,
        ]
    }

    /// What the shell there gets.
    var remoteText: String {
        let words = [
            "sh", "-c", script, program ?? "lockstep", "--processes",
            host.workerCount.map(String.init) ?? "auto", "--exit-on-stdin-eof",
        ]
        return (words + options).map(Self.quoted).joined(separator: " ")
    }

    /// `$0` is the program, `$@` are its options.
    ///
    /// Standard input is the launcher's: first the files, then silence until the launcher is gone.
    private var script: String {
        let start = "worker --connect \"tcp://$h:\(port)\" \"$@\""
        guard program == nil else { return hostScript + "exec \"$0\" " + start }
        let copies = files.map { "t \($0.name) \($0.size); " }.joined()
        let template = "lockstep." + String(repeating: "X", count: 6)
        return "umask 077; d=$(mktemp -d \"${TMPDIR:-/tmp}/\(template)\") || exit 1; "
            + "r() { rm -rf \"$d\"; }; trap r EXIT; trap \"exit 143\" HUP INT TERM; "
            + "t() { head -c \"$2\" >\"$d/$1\" && [ $(wc -c <\"$d/$1\") -eq \"$2\" ] || exit 1; }; "
            + copies + "chmod 700 \"$d/$0\"; " + hostScript
            + "LD_LIBRARY_PATH=\"$d\" \"$d/$0\" " + start
    }

    /// Sets `h`.
    private var hostScript: String {
        let brackets = "case $h in [[]*) ;; *:*) h=\"[$h]\";; esac; "
        if let coordinatorHost { return "h=\"\(coordinatorHost)\"; " + brackets }
        return "h=${SSH_CONNECTION%% *}; " + brackets
            + "[ -n \"$h\" ] || { echo \"the address that ssh came from is unknown; add --address\" >&2; exit 2; }; "
    }

    /// One word for any login shell; what holds a single quote is put together around it.
    static func quoted(_ word: String) -> String {
        let isPlain = word.unicodeScalars.allSatisfy {
            ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
                || "-_./:=@,+".unicodeScalars.contains($0)
        }
        if isPlain, !word.isEmpty { return word }
        return "'"
            + word.split(separator: "'", omittingEmptySubsequences: false)
            .joined(separator: "'\"'\"'") + "'"
    }
}
