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
        /// Frames cut so early that it cannot be told whose they are.
        package var unreadableFrames = 0
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

    /// Takes over what another capture point shows; both list all inputs.
    package mutating func add(_ other: CaptureFacts) {
        for (index, input) in other.inputs.enumerated() where input.frames > 0 && inputs.indices.contains(index) {
            inputs[index] = input
        }
        for (address, neighbour) in other.neighbours
        where neighbours.count < Self.neighbourLimit || neighbours[address] != nil {
            neighbours[address, default: Neighbour()].add(neighbour)
        }
        for (address, name) in other.names where names.count < Self.nameLimit && names[address] == nil {
            names[address] = name
        }
        evictedConversations += other.evictedConversations
    }
}

extension CaptureFacts.Neighbour {
    fileprivate mutating func add(_ other: Self) {
        if other.requests.total > requests.total { requests = other.requests }
        isAlive = isAlive || other.isAlive
    }
}

extension CaptureFacts.Input {
    /// What is to be said of frames that could not be used; `nil` where there are none.
    package var unreadableNote: String? {
        guard unreadableFrames > 0 else { return nil }
        let frames = unreadableFrames == 1 ? "1 frame is" : "\(unreadableFrames) frames are"
        return
            "\(frames) cut before the ports, or before the flags and window of TCP, and left out: a longer snap length "
            + "would tell whose they are"
    }
}
