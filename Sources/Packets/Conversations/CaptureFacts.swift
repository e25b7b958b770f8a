package import RoadblockCore

/// What a capture as a whole shows, beside its conversations: the ground on which silence is judged.
package struct CaptureFacts: Sendable {
    /// What one input shows.
    package struct Input: Sendable {
        package var frames = 0
        package var firstTime: Instant?
        package var lastTime: Instant?
        /// Frames of which less was stored than was on the wire.
        package var cutFrames = 0
        package var copies = 0
        /// ICMP errors of which too little was captured to tell whose packet they are about.
        package var unreadableErrors = 0
        /// Frames with an IP packet.
        package var ipFrames = 0

        package init() {}
    }

    package var inputs: [Input] = []

    /// ARP or neighbour requests for an address, and whether it ever showed itself.
    package struct Neighbour: Sendable {
        package var requests = FrameList<3>()
        package var isAlive = false
    }

    /// By target; at most `neighbourLimit`.
    package var neighbours: [IPAddress: Neighbour] = [:]
    package static let neighbourLimit = 16_384

    /// Names that DNS answers in the capture give to addresses; at most `nameLimit`.
    package var names: [IPAddress: String] = [:]
    package static let nameLimit = 65_536

    /// Conversations that were given up because too many were open at once.
    package var evictedConversations = 0

    package init() {}
}
