package import RoadblockCore

/// A frame of one of the inputs, as evidence cites it.
package struct FrameReference: Hashable, Sendable {
    package var time: Instant
    /// Ordinal in its file, from 1; 0 stands for no frame.
    package var frame: UInt32
    /// Ordinal of the input, from 0.
    package var input: UInt16

    package init(time: Instant, frame: UInt32, input: UInt16) {
        self.time = time
        self.frame = frame
        self.input = input
    }

    package static let none = FrameReference(time: Instant(nanoseconds: 0), frame: 0, input: 0)

    package var exists: Bool { frame != 0 }
}

/// The first frames of a kind, up to a capacity, and how many there were in all.
package struct FrameList<let capacity: Int>: Sendable {
    private var kept = InlineArray<capacity, FrameReference>(repeating: .none)
    /// All that were added, also those that were not kept.
    package private(set) var total = 0
    /// The newest one.
    package private(set) var last = FrameReference.none

    package init() {}

    package mutating func add(_ reference: FrameReference) {
        if total < capacity { kept[total] = reference }
        total &+= 1
        last = reference
    }

    /// The kept frames in the order in which they came.
    package var references: [FrameReference] { (0..<min(total, capacity)).map { kept[$0] } }

    package var first: FrameReference { kept[0] }
    package var isEmpty: Bool { total == 0 }
}

/// A row of a list of conversations; a place is used again, with another generation.
package struct RowReference: Hashable, Sendable {
    package var slot: Int32
    package var generation: UInt32

    package init(slot: Int32, generation: UInt32) {
        self.slot = slot
        self.generation = generation
    }

    package static let none = RowReference(slot: -1, generation: 0)

    /// False for the reference to no row.
    @inlinable
    package var exists: Bool { slot >= 0 }

    @inlinable
    package static func == (a: RowReference, b: RowReference) -> Bool {
        (a.slot ^ b.slot) == 0 && a.generation == b.generation
    }
}
