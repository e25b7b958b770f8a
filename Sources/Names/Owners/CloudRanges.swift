import RoadblockCore

/// Reads Amazon's `ip-ranges.json`: `prefixes` and `ipv6_prefixes` with a region and a service each.
enum CloudRanges {
    /// The most bytes of such a file; Amazon's has about two million.
    static let byteLimit = 16 << 20

    /// Adds all prefixes of a file, named as `AWS EC2 us-east-1`.
    ///
    /// A prefix is listed for each of its services, and once more for `AMAZON`, which stands for all of them; so is
    /// `EC2` for what runs on it. The finest service is the one that counts.
    ///
    /// - Throws: `Failure` of kind `badInput` for JSON that is damaged or of another kind.
    static func read(_ bytes: [UInt8], _ file: String, into builder: inout OwnerTable.Builder) throws(Failure) {
        guard bytes.count <= byteLimit else {
            throw Failure(.badInput, "\(file) is JSON larger than \(byteLimit >> 20) MiB: not Amazon's ip-ranges.json")
        }
        let value: JSONValue
        do {
            value = try JSONReader.value(of: bytes, in: start(of: bytes)..<bytes.count)
        } catch {
            throw Failure(
                .badInput,
                "\(file) is damaged JSON: \(error.message)",
                place: Failure.Place(excerpt: bytes, around: error.offset..<(error.offset + 1))
            )
        }
        let lists = [("prefixes", "ip_prefix"), ("ipv6_prefixes", "ipv6_prefix")]
        let entries = lists.flatMap { list, key in
            (value[list]?.items ?? []).map { Entry($0, key) }
        }
        let good = entries.compactMap(\.self)
        guard !good.isEmpty else {
            throw Failure(
                .badInput,
                "\(file) names no owners: it is JSON without `prefixes` as in Amazon's ip-ranges.json"
            )
        }
        // Of equal prefixes the first one counts: those of the finest services come first.
        for rank in 0...2 {
            for entry in good where entry.rank == rank { try builder.add(entry.range, entry.owner, in: file) }
        }
        if good.count < entries.count {
            builder.note("\(file): \(entries.count - good.count) of \(entries.count) prefixes could not be read")
        }
    }

    private static func start(of bytes: [UInt8]) -> Int {
        let mark = OwnerTable.Builder.byteOrderMark
        return bytes.starts(with: mark) ? mark.count : 0
    }

    /// A prefix with its owner.
    private struct Entry {
        var range: AddressRange
        var owner: String
        /// How coarse the service is.
        var rank: Int

        init?(_ value: JSONValue, _ key: String) {
            guard let text = value[key]?.text, let service = value["service"]?.text,
                case .range(let range) = AddressRange.read(Array(text.utf8)[...])
            else { return nil }
            self.range = range
            rank = service == "AMAZON" ? 2 : service == "EC2" ? 1 : 0
            let region = value["region"]?.text ?? "GLOBAL"
            let parts = [service == "AMAZON" ? nil : service, region == "GLOBAL" ? nil : region]
            owner = (["AWS"] + parts.compactMap(\.self)).joined(separator: " ")
        }
    }
}
