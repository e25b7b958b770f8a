package import RoadblockCore

/// An established conversation that ended, or did not go on, without anything unusual: what is to be said of it.
package struct PlainEnding: Sendable {
    /// Conversations that ended before it, of those that are kept whole.
    package var position: Int
    package var row: RowReference
    package var client: IPAddress
    package var server: IPAddress
    package var serverPort: UInt16
    package var lastTime: Instant
    package var serverTimeToLive: UInt8
    /// In nanoseconds.
    package var handshakeRTT: Int64
    /// True where both sides closed.
    package var isOver: Bool
}

extension PlainFlow {
    /// The ending of an established flow; `nil` for one that has to be looked at as a whole.
    ///
    /// Without data, a FIN and a small window may be a probe's.
    func ending(_ row: RowReference, position: Int) -> PlainEnding? {
        guard marks.contains(.isEstablished), client.payloadBytes > 0 else { return nil }
        let answerer = serverEnd
        return PlainEnding(
            position: position,
            row: row,
            client: clientEnd.address,
            server: answerer.address,
            serverPort: answerer.port,
            lastTime: lastTime,
            serverTimeToLive: server.timeToLive,
            handshakeRTT: answerTime.nanoseconds(since: firstTime),
            isOver: isOver
        )
    }
}
