import RoadblockCore

/// What the analysis needs of a segment's TCP options.
struct OptionFacts: Sendable {
    var windowScale: UInt8?
    var hasFastOpenCookie = false
    var hasMultipath = false
    var hasBlocks = false
    /// Bytes in the first three SACK blocks.
    var blockBytes: UInt32 = 0
    /// True when the snap length cut the header.
    var isCut = false

    @inline(__always)
    init(_ bytes: borrowing RawSpan, _ tcp: Packet.TCPFields) {
        guard tcp.headerLength > 20 else {
            isCut = tcp.optionsCaptured < 0
            return
        }
        // Most segments of a connection have two no-operations and timestamps, and nothing else.
        if tcp.headerLength == 32, tcp.optionsCaptured == 12, bytes.big32(tcp.headerOffset &+ 20) == 0x0101_080A {
            return
        }
        read(TCPOptions(bytes, tcp))
    }

    private mutating func read(_ options: TCPOptions) {
        windowScale = options.windowScale
        hasFastOpenCookie = (options.fastOpenCookieLength ?? 0) > 0
        hasMultipath = options.hasMultipath
        hasBlocks = options.selectiveBlockCount > 0
        for index in 0..<min(3, options.selectiveBlockCount) {
            let block = options.selectiveBlocks[index]
            blockBytes &+= block.right &- block.left
        }
        isCut = options.isCut
    }
}
