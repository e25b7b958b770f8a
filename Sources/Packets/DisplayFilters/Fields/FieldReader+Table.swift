import RoadblockCore

/// A field of a packet as one value of a table.
package enum TableValue: Hashable, Sendable {
    /// The packet does not have the field.
    case none
    case number(Double)
    /// Since 1970.
    case milliseconds(Int64)
    case ipv4(UInt32)
    /// A text, which was written behind the others.
    case text
}

extension FieldReader {
    /// Reads a field for a table; texts are added to `text`.
    ///
    /// Numbers and lengths of time (in seconds) are numbers, what is true is 1 and what is false 0; a label or a protocol
    /// that is there is 1. What an ICMP error quotes counts only where the packet has no such field of its own. Several
    /// values are one text with commas between, as `-T fields` prints them.
    @inline(__always)
    package mutating func tableValue(
        _ field: Field,
        _ packet: Packet,
        _ bytes: borrowing RawSpan,
        _ facts: PacketFacts,
        text: inout [UInt8]
    ) -> TableValue {
        read(field, packet, bytes, facts, layers: packet.hasQuote ? FieldReader.ownLayers(packet) : .max)
        if values.isEmpty, packet.hasQuote { read(field, packet, bytes, facts) }
        guard !values.isEmpty else { return .none }
        if tableValueCount(field) == 1 { return tableValue(0, of: field, bytes, text: &text) }
        for index in values.indices {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            appendText(index, of: field, bytes, to: &text)
        }
        return .text
    }

    /// How many values the field has that was read last; a label or a protocol is there or not.
    package func tableValueCount(_ field: Field) -> Int {
        let type = field.type(in: profile)
        return type == .label || type == .protocol ? min(1, values.count) : values.count
    }

    /// One of the values that were read last; texts are added to `text`.
    package func tableValue(_ index: Int, of field: Field, _ bytes: borrowing RawSpan, text: inout [UInt8])
        -> TableValue
    {
        let type = field.type(in: profile)
        if type == .label || type == .protocol { return .number(1) }
        if let value = FieldReader.value(values[index], type, field) { return value }
        appendText(index, of: field, bytes, to: &text)
        return .text
    }

    private func appendText(_ index: Int, of field: Field, _ bytes: borrowing RawSpan, to text: inout [UInt8]) {
        if field.type(in: profile) == .boolean, case .word(let number) = values[index] {
            text.append(number == 0 ? UInt8(ascii: "0") : UInt8(ascii: "1"))
        } else {
            printer.append(values[index], of: field, bytes, to: &text)
        }
    }

    /// A bit for each layer that is not quoted.
    private static func ownLayers(_ packet: Packet) -> UInt32 {
        var layers: UInt32 = 0
        for index in 0..<packet.layerCount where !packet.layers[index].isQuoted { layers |= 1 << UInt32(index) }
        return layers
    }

    /// The value of what is no text.
    private static func value(_ value: FieldValue, _ type: FieldType, _ field: Field) -> TableValue? {
        switch value {
        case .word(let number):
            switch type {
            case .unsigned, .signed, .frameNumber: return .number(Double(number))
            case .boolean: return .number(number == 0 ? 0 : 1)
            case .relativeTime: return .number(Double(number) / 1e9)
            case .absoluteTime where field.name == "frame.time_epoch": return .number(Double(number) / 1e9)
            case .absoluteTime: return .milliseconds(number.floored(by: 1_000_000))
            case .ipv4: return .ipv4(UInt32(truncatingIfNeeded: number))
            default: return nil
            }
        case .real(let number): return .number(number)
        case .wide(let address): return address.ipv4.map { .ipv4($0) }
        case .range, .bytes: return nil
        }
    }
}

extension Int64 {
    /// The quotient, rounded down.
    fileprivate func floored(by divisor: Int64) -> Int64 {
        let (quotient, rest) = quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? quotient - 1 : quotient
    }
}

extension Instant {
    /// Whole milliseconds since 1970.
    package var milliseconds: Int64 { nanoseconds.floored(by: 1_000_000) }
}
