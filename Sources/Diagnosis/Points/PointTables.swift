import Packets

/// The conversations of each capture point; the one whose frames are being read is at hand.
struct PointTables: ~Copyable {
    private final class Shelf {
        var table: ConversationTable

        init(_ table: consuming ConversationTable) { self.table = table }
    }

    var current: ConversationTable
    private(set) var point = 0
    private var input = -1
    /// The tables of all points but the current one, which has an empty one in its place.
    private var shelves: [Shelf] = []
    private var points: CapturePoints
    private let inputCount: Int

    init(inputs names: [String], asOne: Bool) {
        points = CapturePoints(names: names, asOne: asOne)
        inputCount = names.count
        current = Self.table(names.count, points.expectedCount)
    }

    /// Points share the room that one alone would have.
    private static func table(_ inputCount: Int, _ points: Int) -> ConversationTable {
        ConversationTable(inputCount: inputCount, openLimit: max(4096, ConversationTable.openLimit / max(1, points)))
    }

    /// Makes the table of an input's point the current one; the builder learns of a point that is new.
    @inline(__always)
    mutating func turn(to input: Int, of capture: MergedCapture, _ builder: inout DiagnosisBuilder) {
        if input == self.input { return }
        change(to: input, capture, &builder)
    }

    private mutating func change(to input: Int, _ capture: MergedCapture, _ builder: inout DiagnosisBuilder) {
        self.input = input
        let isNew = points.places[input] == nil
        let place = points.place(input, hasEnded: capture.hasEnded)
        if isNew { builder.place(input, at: place, of: points.expectedCount) }
        while shelves.count <= place {
            shelves.append(Shelf(Self.table(shelves.isEmpty ? 0 : inputCount, points.expectedCount)))
        }
        guard place != point else { return }
        swap(&current, &shelves[point].table)
        swap(&current, &shelves[place].table)
        point = place
    }

    /// Hands over what is left of all points.
    mutating func close(into builder: inout DiagnosisBuilder) {
        builder.close(&current, point: point)
        for place in shelves.indices where place != point { builder.close(&shelves[place].table, point: place) }
    }
}
