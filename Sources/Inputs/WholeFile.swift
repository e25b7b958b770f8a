package import RoadblockCore

/// Reads inputs that are needed as a whole, such as a JSON document; `Unwrapping` is applied first.
package enum WholeFile {
    /// Nothing longer is read.
    package static let limit = 512 << 20

    /// All bytes inside.
    ///
    /// - Throws: `Failure` of kind `badInput` for an empty input, one that ends early, or one beyond the limit.
    package static func read(
        name: String,
        source: any ByteSource,
        limit: Int = WholeFile.limit
    ) throws(Failure) -> [UInt8] {
        let buffer = StreamBuffer(try Unwrapping.source(name, StreamBuffer(source)))
        var bytes: [UInt8] = []
        if let size = (source as? FileSource)?.size { bytes.reserveCapacity(min(size, limit)) }
        while try buffer.require(1) {
            guard bytes.count + buffer.available <= limit else {
                let size = limit >= 1 << 20 ? "\(limit >> 20) MiB" : "\(limit) bytes"
                throw Failure(.badInput, "\(name) is longer than \(size), the most that is read of such a file")
            }
            bytes += buffer.prefix(buffer.available)
            buffer.consume(buffer.available)
        }
        if let note = buffer.source.endNote { throw Failure(.badInput, "\(name) cannot be read: \(note)") }
        guard !bytes.isEmpty else { throw Failure(.badInput, "\(name) is empty") }
        return bytes
    }
}
