/// What is known of a TLS connection from its records.
final class TLSSession {
    /// The version that the server chose; 0 while it is not known.
    var version: UInt16 = 0
    /// True where what was read last contradicts itself, so that the rest of the packet is not read.
    var isBroken = false
    /// True once a record was read.
    var hasRecords = false
    /// The cipher suite that the server chose.
    var cipherSuite: UInt16 = 0
    /// True for a side that has changed to encryption.
    var isEncrypted = [false, false]
    /// The start of a handshake message that goes on in the next record, by side.
    var fragments: [[UInt8]] = [[], []]
    /// The side that the server's messages come from.
    var serverSide: Int?
    /// The application protocol that the server chose (RFC 7301).
    var applicationProtocol: [UInt8] = []

    /// Bytes of a handshake message that may wait.
    static let fragmentLimit = 1 << 18

    var heldBytes: Int { fragments[0].count + fragments[1].count }

    /// TLS 1.3 and its drafts.
    var isVersion13: Bool {
        version == 0x0304 || version >> 8 == 0x7F || version == 0xFB17 || version == 0xFB1A
    }
}
