/// What a capture says of an interface that it was recorded at.
struct CaptureInterface: Sendable {
    let linkType: LinkType
    /// Bytes of a frame that were recorded at most; 0 for no limit.
    let snapLength: UInt32
    /// Units of a second that times are counted in: a power of ten or of two.
    var unitsPerSecond: UInt64 = 1_000_000
    /// Seconds to add to its times.
    var offsetSeconds: Int64 = 0
    /// Octets of frame check sequence at the end of each frame.
    var checkSequenceLength = 0
    /// Packets that the capturing system says it lost, so far.
    var reportedDrops = 0
    var name: [UInt8] = []
    var description: [UInt8] = []
    /// Other texts, by the code of their option in pcapng: comments, the capture filter, system and hardware.
    private(set) var remarks: [(code: UInt16, content: [UInt8])] = []

    private static let remarkLimit = 16

    init(linkType: LinkType, snapLength: UInt32) {
        self.linkType = linkType
        self.snapLength = snapLength
    }

    mutating func addRemark(_ code: UInt16, _ content: [UInt8]) {
        if remarks.count < Self.remarkLimit { remarks.append((code, content)) }
    }

    /// Bytes that its texts take.
    var textLength: Int { remarks.reduce(name.count + description.count) { $0 + $1.content.count } }

    /// Forgets its texts: there are too many in the file.
    mutating func dropTexts() {
        name = []
        description = []
        remarks = []
    }
}
