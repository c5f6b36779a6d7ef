package import ZeroMQ

/// The coordinator's keys, as `coordinator.key` holds them.
package struct CoordinatorKey: Equatable, Sendable {
    /// Its pair.
    package let pair: CurveKeyPair

    /// Reads a file's text; `place` is its path or variable.
    ///
    /// - Throws: `malformed` when it is none.
    package init(text: String, place: String) throws(KeyError) {
        let values = try KeyFile.pairs(in: text, place: place)
        guard values.map(\.0) == ["public", "secret"] else {
            throw .malformed(
                place: place,
                found: "another kind of file",
                expected: "a coordinator's key (public, secret)"
            )
        }
        pair = try keyPair(values[0].1, values[1].1, place: place)
    }

    init(pair: CurveKeyPair) { self.pair = pair }

    var text: String { "public \(pair.publicKey.text)\nsecret \(pair.secretKey.text)\n" }
}

/// A worker's keys and the coordinator's public one, as `NAME.key` holds them.
package struct WorkerKey: Equatable, Sendable {
    /// Its pair.
    package let pair: CurveKeyPair
    /// Whom it will believe to be its coordinator.
    package let coordinator: CurveKey

    /// Reads a file's text; `place` is its path or variable.
    ///
    /// - Throws: `malformed` when it is none.
    package init(text: String, place: String) throws(KeyError) {
        let values = try KeyFile.pairs(in: text, place: place)
        guard values.map(\.0) == ["coordinator", "public", "secret"] else {
            throw .malformed(
                place: place,
                found: "another kind of file",
                expected: "a worker's key (coordinator, public, secret)"
            )
        }
        guard let coordinator = CurveKey(text: values[0].1) else {
            throw .malformed(place: place, found: "a broken line", expected: "40 characters of Z85")
        }
        self.coordinator = coordinator
        pair = try keyPair(values[1].1, values[2].1, place: place)
    }

    /// Reads a file.
    ///
    /// - Throws: when it cannot be read, is exposed to others, or is no worker's key.
    package init(path: String) throws(KeyError) {
        try self.init(text: KeyFile.read(path, isSecret: true), place: path)
    }

    /// Puts a pair and a coordinator's public key together.
    package init(pair: CurveKeyPair, coordinator: CurveKey) {
        self.pair = pair
        self.coordinator = coordinator
    }

    /// Writes a file, which only its owner may read.
    ///
    /// - Throws: when there is one already, or it cannot be written.
    package func write(to path: String) throws(KeyError) {
        try KeyFile.write(text, to: path, replaces: false)
    }

    /// What its file holds: a secret.
    package var text: String {
        "coordinator \(coordinator.text)\n" + CoordinatorKey(pair: pair).text
    }
}

/// The workers that a coordinator lets in, as `authorized-workers` holds them.
package struct WorkerList: Equatable, Sendable {
    /// A name and a key for each, in the file's order.
    package private(set) var entries: [Entry] = []

    /// One worker.
    package struct Entry: Equatable, Sendable {
        /// What people call it.
        package let name: String
        /// What it proves to be.
        package let key: CurveKey
    }

    init() {}

    /// Reads a file's text; `place` is its path or variable.
    ///
    /// - Throws: `malformed` or `badName` when a line is none, or repeats a name.
    package init(text: String, place: String) throws(KeyError) {
        for (name, value) in try KeyFile.pairs(in: text, place: place) {
            try checkName(name)
            guard let key = CurveKey(text: value), !entries.contains(where: { $0.name == name })
            else {
                throw .malformed(
                    place: place,
                    found: "a broken or repeated line for '\(name)'",
                    expected: "one key of 40 characters of Z85"
                )
            }
            entries.append(Entry(name: name, key: key))
        }
    }

    var text: String { entries.map { "\($0.name) \($0.key.text)\n" }.joined() }

    mutating func add(_ name: String, _ key: CurveKey) {
        entries.append(Entry(name: name, key: key))
    }

    mutating func remove(_ name: String) { entries.removeAll { $0.name == name } }
}

/// Refuses names that could be more than a file's name.
func checkName(_ name: String) throws(KeyError) {
    let isPlain = name.utf8.allSatisfy {
        (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
            || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
    }
    guard isPlain, (1...64).contains(name.utf8.count), name != "coordinator" else {
        throw .badName(name)
    }
}

private func keyPair(
    _ publicText: String,
    _ secretText: String,
    place: String
) throws(KeyError) -> CurveKeyPair {
    guard let publicKey = CurveKey(text: publicText), let secretKey = CurveKey(text: secretText),
        let pair = CurveKeyPair(publicKey: publicKey, secretKey: secretKey)
    else {
        throw .malformed(
            place: place,
            found: "a broken line",
            expected: "two keys of one pair, 40 characters of Z85 each"
        )
    }
    return pair
}
