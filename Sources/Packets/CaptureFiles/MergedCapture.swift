package import Inputs
package import RoadblockCore

/// Several captures read as one, in the order of time: a ring of files, or the captures of several points.
///
/// Clocks that are far off, by what the captures have in common, are allowed for in the order; frames keep their times.
/// A file is opened when its first frame is due, so that a long ring needs few open files. Frames of one file keep
/// their order even where its clock steps back.
package final class MergedCapture {
    /// One file: how to open it, and what came of it.
    private struct Member {
        var name: String
        var open: () throws(Failure) -> any ByteSource
        var start: Instant?
        /// Nanoseconds to add to its times for reading in order.
        var shift: Int64 = 0
        var reader: CaptureReader?
        var head: Frame?
        var failure: Failure?
        var isDone = false
    }

    private var members: [Member]
    /// Members that are not yet open, the earliest last.
    private var waiting: [Int] = []
    private var active: [Int] = []
    /// The member whose frame was given last: its next one is read when the caller is done with that frame.
    private var current: Int?

    /// Files that are open at the same time; more are read one after the other.
    private static let openLimit = 200

    /// - Parameter inputs: names, and functions that open them; a function may be called twice when there are several
    ///   inputs, except for those whose name is `-`.
    /// - Throws: what opening throws; `badInput` of the first input when none can be read.
    package init(_ inputs: [(name: String, open: () throws(Failure) -> any ByteSource)]) throws(Failure) {
        members = inputs.map { Member(name: $0.name, open: $0.open) }
        try begin()
    }

    /// Begins again with the first frame; false where an input can be read only once.
    ///
    /// - Throws: as `init` does.
    package func restart() throws(Failure) -> Bool {
        guard members.count > 1, !members.contains(where: { $0.name == "-" }) else { return false }
        members = members.map { Member(name: $0.name, open: $0.open) }
        active = []
        current = nil
        try begin()
        return true
    }

    private func begin() throws(Failure) {
        if members.count == 1 {
            try activate(0)
        } else {
            for index in members.indices { try peek(index) }
            try compareClocks()
            waiting = members.indices.filter { !members[$0].isDone && members[$0].reader == nil }
                .sorted { (start($0), $0) > (start($1), $1) }
        }
        if members.allSatisfy({ $0.failure != nil }), let failure = members.first?.failure { throw failure }
    }

    package var inputCount: Int { members.count }

    /// The inputs' names, in their order.
    package var names: [String] { members.map(\.name) }

    /// True once all frames of an input were given.
    package func hasEnded(_ input: Int) -> Bool { members[input].isDone }

    /// Finds when a file starts; what cannot be read is noted and left out.
    private func peek(_ index: Int) throws(Failure) {
        if members[index].name == "-" { return try activate(index) }
        do {
            let reader = try CaptureReader(name: members[index].name, source: members[index].open())
            members[index].start = try reader.next()?.time
        } catch {
            try note(error, index)
        }
    }

    /// Finds clocks that are far off, so that what happened at the same time is read at the same time: one file of each ring
    /// or point speaks for its others.
    private func compareClocks() throws(Failure) {
        let points = CapturePoints(names: names)
        guard (2...CapturePoints.limit).contains(points.expectedCount) else { return }
        let families = points.families
        var known: [(clock: OpeningClock, shift: Int64)] = []
        for family in Set(families).sorted() {
            let files = members.indices.filter { families[$0] == family && members[$0].start != nil }
            guard let file = files.min(by: { (start($0), $0) < (start($1), $1) }) else { continue }
            let clock = try OpeningClock(CaptureReader(name: members[file].name, source: members[file].open()))
            let shift =
                known.lazy.compactMap { other in clock.lead(over: other.clock).map { other.shift &- $0 } }.first ?? 0
            for file in files { members[file].shift = shift }
            known.append((clock, shift))
        }
    }

    private func start(_ index: Int) -> Instant {
        (members[index].start ?? .distantPast).adding(nanoseconds: members[index].shift)
    }

    private func activate(_ index: Int) throws(Failure) {
        do {
            let reader = try CaptureReader(name: members[index].name, source: members[index].open())
            members[index].reader = reader
            members[index].head = try reader.next()
            if members[index].head == nil {
                members[index].isDone = true
            } else {
                active.append(index)
            }
        } catch {
            try note(error, index)
        }
    }

    private func note(_ failure: Failure, _ index: Int) throws(Failure) {
        guard failure.kind == .badInput, members.count > 1 else { throw failure }
        members[index].failure = failure
        members[index].isDone = true
    }

    /// The next frame and the input that it is of; `nil` at the end of all.
    ///
    /// - Throws: `Failure` of kind `readOrWrite`.
    @inline(__always)
    package func next() throws(Failure) -> (frame: Frame, input: Int)? {
        if members.count == 1 { return try nextOfOne() }
        return try nextOfSeveral()
    }

    /// Moves over the next frames that a screen passes over or hits, up to a count, where there is one input.
    ///
    /// Frames of several inputs have to be taken one by one, in the order of time.
    /// - Throws: `Failure` of kind `readOrWrite`.
    @inline(__always)
    func skip<Screen: FrameScreen & ~Copyable>(
        atMost limit: Int,
        _ screen: inout Screen,
        _ lines: inout NumberLines
    ) throws(Failure) -> SkippedFrames {
        // The first frame was read already.
        guard members.count == 1, current != nil, let reader = members[0].reader else { return SkippedFrames() }
        return try reader.skip(atMost: limit, &screen, &lines)
    }

    /// The reader of the only input, once its first frame was given; `nil` where there are several.
    var readerInUse: CaptureReader? { members.count == 1 && current != nil ? members[0].reader : nil }

    /// True where all inputs are regular files that are not compressed.
    package var arePlainFiles: Bool { members.allSatisfy { $0.reader?.isPlainFile ?? false } }

    private func nextOfOne() throws(Failure) -> (frame: Frame, input: Int)? {
        if current == nil {
            current = 0
            return members[0].head.map { ($0, 0) }
        }
        guard let frame = try members[0].reader?.next() else { return nil }
        return (frame, 0)
    }

    private func nextOfSeveral() throws(Failure) -> (frame: Frame, input: Int)? {
        if let last = current {
            current = nil
            members[last].head = try members[last].reader?.next()
            if members[last].head == nil {
                members[last].isDone = true
                active.removeAll { $0 == last }
            }
        }
        while true {
            let earliest = active.min { (time($0), $0) < (time($1), $1) }
            if let due = waiting.last, active.count < Self.openLimit,
                earliest.map({ start(due) <= time($0) }) ?? true
            {
                waiting.removeLast()
                try activate(due)
                continue
            }
            guard let earliest, let frame = members[earliest].head else { return nil }
            current = earliest
            return (frame, earliest)
        }
    }

    private func time(_ index: Int) -> Instant {
        (members[index].head?.time ?? .distantPast).adding(nanoseconds: members[index].shift)
    }

    /// Gives the bytes of the frame that `next` returned last.
    @inline(__always)
    package func withBytes<Result>(
        of frame: Frame,
        input: Int,
        _ body: (borrowing RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard let reader = members[input].reader else { preconditionFailure("no frame of this input was given") }
        return try reader.withBytes(of: frame, body)
    }

    /// What the file says of the frame that `next` returned last beside its bytes.
    package func record(of frame: Frame, input: Int) -> FrameRecord? { members[input].reader?.record(of: frame) }

    /// The reader of an input, once it is open.
    func reader(_ input: Int) -> CaptureReader? { members[input].reader }

    /// What became of an input: frames that were read, records that were not, and what is to be said.
    package func outcome(_ input: Int) -> (name: String, frames: Int, skipped: Int, notes: [String]) {
        let member = members[input]
        let notes = (member.reader?.notes ?? []) + (member.failure.map { [$0.message] } ?? [])
        return (
            member.name, member.reader?.frameCount ?? 0,
            member.reader?.skippedCount ?? (member.failure == nil ? 0 : 1), notes
        )
    }

    /// Bytes taken from all files so far, before decompression.
    package var bytesConsumed: Int { members.reduce(0) { $0 + ($1.reader?.bytesConsumed ?? 0) } }
}

extension Instant {
    fileprivate static let distantPast = Instant(nanoseconds: .min)
}
