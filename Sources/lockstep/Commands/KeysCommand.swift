import ArgumentParser
import Keys
import ZeroMQ

/// `lockstep keys`: who may take part in a run over the network.
struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Make, list and revoke the keys of a coordinator and its workers.",
        discussion: """
            Start the coordinator with --keys DIR. Move DIR/NAME.key to the worker's machine, by a way that \
            nobody can watch, and start the worker there with --key. After add or revoke, send a running \
            coordinator SIGHUP.

            EXAMPLES:
              lockstep keys new keys
              lockstep keys add keys worker-2
              lockstep keys revoke keys worker-2
            """,
        subcommands: [Make.self, Add.self, List.self, Revoke.self]
    )

    /// Where the keys are.
    struct Folder: ParsableArguments {
        @Argument(help: "The folder of the keys.", completion: .directory) var folder: String

        var keys: KeyFolder { KeyFolder(path: folder) }

        func validate() throws {
            if folder.isEmpty {
                throw ValidationError(
                    "opening the keys: an empty path was found where a folder's was expected; name one"
                )
            }
        }
    }

    /// `lockstep keys new`.
    struct Make: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "new",
            abstract: "Make a coordinator's key and the key of one worker, worker-1."
        )
        @OptionGroup var folder: Folder

        func run() throws {
            try folder.keys.make(firstWorker: "worker-1")
            print(
                "made \(folder.keys.path); the worker's file is \(folder.keys.workerPath("worker-1"))"
            )
        }
    }

    /// `lockstep keys add`.
    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make another worker's key.")
        @OptionGroup var folder: Folder
        @Argument(help: "The worker's name.") var name: String

        func run() throws {
            try folder.keys.add(name)
            print("the worker's file is \(folder.keys.workerPath(name))")
        }
    }

    /// `lockstep keys list`.
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print each listed worker's name and public key."
        )
        @OptionGroup var folder: Folder

        func run() throws {
            for entry in try folder.keys.workers().entries {
                print("\(entry.name) \(entry.key.text)")
            }
        }
    }

    /// `lockstep keys revoke`.
    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Strike a worker off the list.")
        @OptionGroup var folder: Folder
        @Argument(help: "The worker's name.") var name: String

        func run() throws {
            try folder.keys.revoke(name)
            print("revoked \(name); send a running coordinator SIGHUP")
        }
    }
}
