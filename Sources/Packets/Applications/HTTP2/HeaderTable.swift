/// The header fields that one side of an HTTP/2 connection has named before, and the reader of its blocks (RFC 7541).
struct HeaderTable {
    private struct Entry {
        let name: [UInt8]
        let value: [UInt8]
        /// Section 4.1.
        var size: Int { name.count + value.count + 32 }
    }

    /// Bytes that a side may ask to remember, whatever it says.
    private static let sizeLimit = 1 << 16

    /// The entries from `first` on, the newest last.
    private var entries: [Entry] = []
    private var first = 0
    private(set) var size = 0
    private var limit = 4096

    private static let fixedNames: [[UInt8]] =
        """
        :authority :method :method :path :path :scheme :scheme :status :status :status :status :status :status :status
        accept-charset accept-encoding accept-language accept-ranges accept access-control-allow-origin age allow
        authorization cache-control content-disposition content-encoding content-language content-length
        content-location content-range content-type cookie date etag expect expires from host if-match
        if-modified-since if-none-match if-range if-unmodified-since last-modified link location max-forwards
        proxy-authenticate proxy-authorization range referer refresh retry-after server set-cookie
        strict-transport-security transfer-encoding user-agent vary via www-authenticate
        """.split(whereSeparator: { $0 == " " || $0 == "\n" }).map { Array($0.utf8) }

    /// Reads a block of header fields; the values of fixed entries are left empty.
    ///
    /// - Returns: false where the block is damaged, so that later ones cannot be read either.
    mutating func read(_ block: [UInt8], _ take: (_ name: [UInt8], _ value: [UInt8]) -> Void) -> Bool {
        var place = 0
        while place < block.count {
            let byte = block[place]
            if byte & 0x80 != 0 {
                guard let index = HeaderTable.number(block, &place, bits: 7), let entry = entry(index) else {
                    return false
                }
                take(entry.name, entry.value)
            } else if byte & 0xE0 == 0x20 {
                guard let wanted = HeaderTable.number(block, &place, bits: 5) else { return false }
                limit = min(wanted, HeaderTable.sizeLimit)
                shrink(to: limit)
            } else {
                let isRemembered = byte & 0x40 != 0
                guard let index = HeaderTable.number(block, &place, bits: isRemembered ? 6 : 4),
                    let name = index == 0 ? HeaderTable.text(block, &place) : entry(index)?.name,
                    let value = HeaderTable.text(block, &place)
                else { return false }
                take(name, value)
                if isRemembered { remember(Entry(name: name, value: value)) }
            }
        }
        return true
    }

    private func entry(_ index: Int) -> Entry? {
        guard index > 0 else { return nil }
        if index <= HeaderTable.fixedNames.count {
            return Entry(name: HeaderTable.fixedNames[index - 1], value: [])
        }
        let place = entries.count - (index - HeaderTable.fixedNames.count)
        return place >= first ? entries[place] : nil
    }

    private mutating func remember(_ entry: Entry) {
        shrink(to: max(0, limit - entry.size))
        guard entry.size <= limit else { return }
        entries.append(entry)
        size += entry.size
    }

    private mutating func shrink(to wanted: Int) {
        while size > wanted, first < entries.count {
            size -= entries[first].size
            first += 1
        }
        guard first > 64, first > entries.count / 2 else { return }
        entries.removeFirst(first)
        first = 0
    }

    /// A number whose first bits share a byte with something else (section 5.1).
    private static func number(_ block: [UInt8], _ place: inout Int, bits: Int) -> Int? {
        let mask = 1 << bits - 1
        var value = Int(block[place]) & mask
        place += 1
        guard value == mask else { return value }
        for step in 0..<5 {
            guard place < block.count else { return nil }
            let byte = block[place]
            place += 1
            value += Int(byte & 0x7F) << (7 * step)
            if byte & 0x80 == 0 { return value }
        }
        return nil
    }

    /// A text, coded or plain (section 5.2).
    private static func text(_ block: [UInt8], _ place: inout Int) -> [UInt8]? {
        guard place < block.count else { return nil }
        let isCoded = block[place] & 0x80 != 0
        guard let length = number(block, &place, bits: 7), length <= block.count - place else { return nil }
        let bytes = block[place..<place + length]
        place += length
        return isCoded ? HuffmanText.decode(bytes) : Array(bytes)
    }
}
