import ArgumentParser
import Wire

@main struct Lockstep: AsyncParsableCommand { mutating func run() async throws {} }
