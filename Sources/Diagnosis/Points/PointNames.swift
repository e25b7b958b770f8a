import Packets
import RoadblockCore

/// How capture points are called, and what is said about them.
struct PointNames: Sendable {
    /// By input: the file's name without its folder, unless that is ambiguous.
    private let names: [String]
    /// By input; `nil` where it holds nothing.
    private let points: [Int?]
    private let clocks: ClockOffsets
    private let paths: PathFacts
    private let early: Int
    private let root: Int

    init(_ ledger: PointLedger, _ context: CaptureContext, _ sources: [String]) {
        let files = sources.map { path in path.split(separator: "/").last.map(String.init) ?? path }
        names = sources.indices.map { index in
            let isUnique = files.count { $0 == files[index] } == 1
            return isUnique ? (files[index] == "-" ? "standard input" : files[index]) : sources[index]
        }
        points = sources.indices.map { ledger.inputs[$0].extent == nil ? nil : context.point($0) }
        clocks = ledger.clocks
        paths = ledger.paths
        early = ledger.early
        root = ledger.root
    }

    func name(_ input: Int) -> String { names.indices.contains(input) ? names[input] : "another input" }

    /// The time of a frame by one clock.
    func time(of reference: FrameReference) -> Instant {
        let input = Int(reference.input)
        return clocks.time(reference.time, of: points.indices.contains(input) ? points[input] ?? root : root, at: root)
    }

    /// Where packets were lost, in words.
    func place(_ loss: Finding.LostBetween, from client: String, to server: String) -> String {
        let goal = loss.isReply ? client : server
        let way = loss.isReply ? "on the way back to \(client)" : "on the way to \(server)"
        switch (loss.last, loss.missing) {
        case (let last?, let missing?): return "between \(name(last)) and \(name(missing)), \(way)"
        case (let last?, nil): return "behind \(name(last)), towards \(goal)"
        case (nil, let missing?): return "before \(name(missing)), \(way)"
        case (nil, nil): return "not located"
        }
    }

    /// True when another point than that of an input heard a server, which the input names so.
    func isHeardElsewhere(_ server: IPAddress, than input: Int) -> Bool {
        guard points.indices.contains(input), let point = points[input] else { return false }
        return Set(points.compactMap(\.self)).contains { $0 != point && paths.isHeard(server, namedAt: point, at: $0) }
    }

    /// True for two inputs of one capture point.
    func isSamePoint(_ a: Int, _ b: Int) -> Bool {
        points.indices.contains(a) && points.indices.contains(b) && points[a] == points[b]
    }

    /// What is to be said about the place and the clock of an input.
    func notes(_ input: Int) -> [String] {
        guard let point = points[input], let first = points.firstIndex(of: point) else { return [] }
        if first != input { return ["same capture point as \(name(first))"] }
        var notes: [String] = []
        if point != root, let other = points.firstIndex(of: root) { notes.append(clock(point, root: name(other))) }
        if input == 0, early > 0 {
            notes.append("\(early) conversations were judged before every capture point had told of them, to make room")
        }
        return notes
    }

    private func clock(_ point: Int, root: String) -> String {
        guard let estimate = clocks.estimates[point] else {
            return "nothing was seen both here and in \(root): their clocks could not be compared"
        }
        let source =
            estimate.isTwoWay
            ? "from \(estimate.samples) \(estimate.samples == 1 ? "exchange" : "exchanges") that both saw"
            : "from \(estimate.samples) \(estimate.samples == 1 ? "request" : "requests") alone, their way included"
        let seconds = Double(estimate.nanoseconds.magnitude) / 1e9
        guard seconds >= 0.001 else { return "its clock agrees with that of \(root) to 1 ms (\(source))" }
        let direction = estimate.nanoseconds > 0 ? "ahead of" : "behind"
        return "its clock is \(fixed(seconds, 3)) s \(direction) that of \(root) (\(source))"
    }
}
