/// Values in a section of a MaxMind database (format 2.0, "Data Section"), read in place.
///
/// Nothing recurses over the file's own nesting, pointers are followed once, and every read costs a step of the
/// caller's budget, so that no file can make a lookup long.
struct MaxMindSection: Sendable {
    let bytes: [UInt8]
    /// Where the section lies in the file; pointers count from its start.
    let range: Range<Int>

    /// Steps that one lookup may take: a large record has some hundred fields.
    static let stepLimit = 4096

    /// The types that are told apart here.
    enum Kind: UInt8 {
        case pointer = 1
        case text = 2
        case map = 7
        case array = 11
        case bool = 14
    }

    /// A field without its content.
    struct Field: Hashable {
        var type: UInt8
        /// Bytes of a scalar, pairs of a map, items of an array; where a pointer points to, in the file.
        var size: Int
        /// Where the content starts; for maps and arrays that of the first key or item.
        var content: Int

        func `is`(_ kind: Kind) -> Bool { type == kind.rawValue }

        /// Bytes of content that belong to the field itself.
        var ownSize: Int { self.is(.map) || self.is(.array) || self.is(.bool) || self.is(.pointer) ? 0 : size }
    }

    /// The field at a place in the file, a pointer left as it is.
    private func plainField(at place: Int, _ steps: inout Int) -> Field? {
        steps -= 1
        guard steps >= 0, range.contains(place) else { return nil }
        let control = bytes[place]
        var next = place + 1
        if control >> 5 == Kind.pointer.rawValue { return pointer(control, next) }
        var type = control >> 5
        if type == 0 {
            guard next < range.upperBound, bytes[next] <= 8 else { return nil }
            type = bytes[next] + 7
            next += 1
        }
        var size = Int(control & 0x1F)
        if size >= 29 {
            let count = size - 28
            guard let more = number(next, count) else { return nil }
            size = more + [29, 285, 65_821][count - 1]
            next += count
        }
        let field = Field(type: type, size: size, content: next)
        return field.ownSize <= range.upperBound - next ? field : nil
    }

    private func pointer(_ control: UInt8, _ next: Int) -> Field? {
        let count = Int(control >> 3 & 3) + 1
        guard let low = number(next, count) else { return nil }
        let high = count == 4 ? 0 : Int(control & 7) << (8 * count)
        let target = range.lowerBound + high + low + [0, 2048, 526_336, 0][count - 1]
        return Field(type: Kind.pointer.rawValue, size: target, content: next + count)
    }

    /// A big-endian number of up to eight bytes.
    private func number(_ place: Int, _ count: Int) -> Int? {
        guard count <= range.upperBound - place else { return nil }
        return bytes[place..<(place + count)].reduce(0) { $0 << 8 | Int($1) }
    }

    /// The field at a place, or the one that the pointer there points to.
    func field(at place: Int, _ steps: inout Int) -> Field? {
        guard let field = plainField(at: place, &steps) else { return nil }
        guard field.is(.pointer) else { return field }
        guard let target = plainField(at: field.size, &steps), !target.is(.pointer) else { return nil }
        return target
    }

    /// Where the field after the one at a place starts.
    func end(ofFieldAt place: Int, _ steps: inout Int) -> Int? {
        var place = place
        var open = 1
        while open > 0 {
            guard let field = plainField(at: place, &steps) else { return nil }
            open -= 1
            if field.is(.map) { open += 2 * field.size }
            if field.is(.array) { open += field.size }
            place = field.content + field.ownSize
        }
        return place
    }

    /// The whole number that a member of a map has; `nil` where it is none.
    func number(_ key: String, inMapAt place: Int) -> Int? {
        var steps = Self.stepLimit
        guard let map = field(at: place, &steps), map.is(.map) else { return nil }
        var place = map.content
        for _ in 0..<map.size {
            guard let name = field(at: place, &steps), let value = end(ofFieldAt: place, &steps) else { return nil }
            if name.is(.text), bytes[name.content..<(name.content + name.size)].elementsEqual(key.utf8) {
                // Unsigned numbers of 16, 32 and 64 bits.
                guard let found = field(at: value, &steps), [5, 6, 9].contains(found.type), found.size < 8 else {
                    return nil
                }
                return number(found.content, found.size)
            }
            guard let next = end(ofFieldAt: value, &steps) else { return nil }
            place = next
        }
        return nil
    }
}
