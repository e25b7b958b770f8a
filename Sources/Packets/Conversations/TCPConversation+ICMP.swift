import RoadblockCore

extension TCPConversation {
    /// Takes an ICMP error that quotes one of the conversation's packets.
    ///
    /// A quoted sequence number that was never sent is a blind forgery or stale (RFC 5927): it is ignored.
    mutating func receive(_ answer: ICMPAnswer, _ quote: Packet.Quote, _ at: FrameReference) {
        let quotesClient = quote.ip.source == client && quote.sourcePort == clientPort
        let side = quotesClient ? fromClient : fromServer
        let first = side.hasSYN ? side.initialSequence : side.next &- 1 << 30
        if side.hasSequence {
            let isSent =
                Int32(bitPattern: quote.sequence &- first) >= 0 && Int32(bitPattern: quote.sequence &- side.next) <= 0
            guard isSent else { return }
        }
        var answer = answer
        answer.isAboutReply = !quotesClient
        if answer.isSizeError {
            sizeError.add(answer, at)
        } else {
            error.add(answer, at)
        }
        if at.time > lastTime { lastTime = at.time }
    }
}

extension ICMPAnswer {
    /// Takes the first error as it is and counts later ones.
    mutating func add(_ answer: ICMPAnswer, _ at: FrameReference) {
        if exists {
            frames.add(at)
        } else {
            self = answer
        }
    }
}
