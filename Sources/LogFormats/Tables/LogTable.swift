package import Columns
package import RoadblockCore
import Synchronization

/// All inputs of a query as one table, read by several workers at once.
///
/// A worker keeps to an input of its own while there are any; when none is left it helps with one that another worker
/// reads, block by block.
package final class LogTable: RowTable, @unchecked Sendable {
    private let inputs: [LogInput]
    private let state: Mutex<State>

    private struct State {
        var next = 0
        var open: [SharedInput] = []
        /// Inputs that were opened to look at them, and not read yet.
        var waiting: [Int: SharedInput] = [:]
        /// Inputs that turned out to be no logs.
        var unreadable: Set<Int> = []
    }

    /// What the first records of some inputs say of a table.
    package struct Description: Sendable {
        /// Names of fields, in the order in which they were found.
        package var fields: [String] = []
        package var formats: [RecordFormat] = []
    }

    /// Inputs that are looked at beforehand, and more where these are no logs.
    private static let described = 16

    /// What was read of an input.
    package struct Outcome: Sendable {
        package var name: String
        package var records: Int
        package var skipped: Int
        /// The numbers of the first lines that could not be read.
        package var skippedLines: String?
        package var bytes: Int
        package var notes: [String]
    }

    private let outcomes = Mutex<[Int: Outcome]>([:])
    private let progress = Atomic<Int>(0)

    package init(_ inputs: [LogInput]) {
        self.inputs = inputs
        state = Mutex(State())
    }

    /// Opens the first inputs and says what their records are; they are read from there on.
    ///
    /// - Throws: `Failure` when an input cannot be opened, or none is a log.
    package func describe() throws(Failure) -> Description {
        var description = Description()
        var known: Set<String> = []
        var failure: Failure?
        // Some of many, from the first to the last, as each may have its own format.
        let count = min(inputs.count, LogTable.described)
        let some = (0..<count).map { $0 * (inputs.count - 1) / max(1, count - 1) }
        let others = inputs.count > count ? Array(Set(inputs.indices).subtracting(some)).sorted() : []
        for (place, ordinal) in (some + others).enumerated() {
            if place >= count, !description.formats.isEmpty { break }
            let opened: OpenLogInput
            do {
                opened = try OpenLogInput(inputs[ordinal])
            } catch {
                try note(error, ordinal)
                failure = failure ?? error
                continue
            }
            for name in opened.fieldNames() where known.insert(name).inserted { description.fields.append(name) }
            if !description.formats.contains(opened.format) { description.formats.append(opened.format) }
            let shared = SharedInput(ordinal: ordinal, input: inputs[ordinal], opened)
            state.withLock { $0.waiting[ordinal] = shared }
        }
        if description.formats.isEmpty, let failure { throw failure }
        return description
    }

    /// Notes an input that is no log, or an empty one; the others are read.
    private func note(_ failure: Failure, _ ordinal: Int) throws(Failure) {
        guard failure.kind == .badInput else { throw failure }
        let name = inputs[ordinal].name
        finish(Outcome(name: name, records: 0, skipped: 0, bytes: 0, notes: [failure.message]), of: ordinal)
        state.withLock { _ = $0.unreadable.insert(ordinal) }
    }

    package func cursor(for fields: [String], pool: TextPool) throws(Failure) -> any RowCursor {
        LogCursor(self, fields, pool)
    }

    /// Bytes of the inputs that were read so far.
    package var bytesConsumed: Int { progress.load(ordering: .relaxed) }

    /// What was read, by input, in the order of the inputs; complete when all cursors are at their end.
    package var results: [Outcome] {
        outcomes.withLock { all in all.sorted { $0.key < $1.key }.map(\.value) }
    }

    /// What was read in all.
    package var statistics: ScanStatistics {
        var total = ScanStatistics()
        for outcome in results {
            total.records += outcome.records
            total.bytes += outcome.bytes
        }
        return total
    }

    /// An input to read a block from: a new one, else one that others read too; `nil` when all are at their end.
    func take(after finished: SharedInput?) throws(Failure) -> SharedInput? {
        if let finished { state.withLock { $0.open.removeAll { $0 === finished } } }
        while let ordinal = nextOrdinal() {
            if let waiting = state.withLock({ $0.waiting.removeValue(forKey: ordinal) }) { return share(waiting) }
            do {
                return share(SharedInput(ordinal: ordinal, input: inputs[ordinal], try OpenLogInput(inputs[ordinal])))
            } catch {
                try note(error, ordinal)
            }
        }
        return state.withLock { $0.open.first }
    }

    private func nextOrdinal() -> Int? {
        state.withLock { state in
            while state.next < inputs.count, state.unreadable.contains(state.next) { state.next += 1 }
            guard state.next < inputs.count else { return nil }
            state.next += 1
            return state.next - 1
        }
    }

    private func share(_ shared: SharedInput) -> SharedInput {
        state.withLock { $0.open.append(shared) }
        return shared
    }

    func note(_ shared: SharedInput, bytes: Int) { progress.wrappingAdd(bytes, ordering: .relaxed) }

    func finish(_ outcome: Outcome, of ordinal: Int) {
        outcomes.withLock { $0[ordinal] = outcome }
    }
}

/// An opened input that workers take blocks from in turn.
final class SharedInput: @unchecked Sendable {
    let ordinal: Int
    let logGroup: String?
    let format: RecordFormat
    let clock: LogClock
    /// True where an export's time stands in front of each event.
    let isStamped: Bool
    /// The stream that an exported file is named for.
    let logStream: String?
    private let input: OpenLogInput
    private let lock = Mutex<Position>(Position())

    private struct Position {
        var blocks: UInt64 = 0
        var consumed = 0
    }

    init(ordinal: Int, input: LogInput, _ opened: OpenLogInput) {
        self.ordinal = ordinal
        logGroup = input.logGroup
        format = opened.format
        clock = opened.clock
        isStamped = opened.reader.isStamped
        logStream = opened.isExported ? ExportStamp.stream(of: input.name) : nil
        self.input = opened
        opened.reader.countsLines = false
    }

    /// Reads the next block under the lock, without finding its rows; false at the end.
    func fill(_ block: LineBlock, _ table: LogTable, _ size: Int) throws(Failure) -> Bool {
        let outcome: Result<Bool, Failure> = lock.withLock { position in
            do throws(Failure) {
                guard try input.fill(block, size: size) else { return .success(false) }
            } catch {
                return .failure(error)
            }
            // Twenty bits for the rows of a block, as many blocks as there can be, the input on top.
            block.ordinal = UInt64(truncatingIfNeeded: ordinal) << 48 | position.blocks << 20
            position.blocks += 1
            table.note(self, bytes: input.reader.bytesConsumed - position.consumed)
            position.consumed = input.reader.bytesConsumed
            return .success(true)
        }
        return try outcome.get()
    }

    func split(_ block: LineBlock) { input.split(block) }

    /// Counts what a block held, and tells the table.
    func count(_ block: LineBlock, _ table: LogTable) {
        lock.withLock { _ in
            input.count(block)
            report(table)
        }
    }

    /// Tells the table what was read, when the input is at its end.
    func end(_ table: LogTable, _ marks: LogMarks) {
        lock.withLock { _ in
            input.note(marks)
            report(table)
        }
    }

    private func report(_ table: LogTable) {
        table.finish(
            .init(
                name: input.reader.name,
                records: input.records,
                skipped: input.skipped,
                skippedLines: input.skippedLines,
                bytes: input.bytes,
                notes: input.notes
            ),
            of: ordinal
        )
    }
}
