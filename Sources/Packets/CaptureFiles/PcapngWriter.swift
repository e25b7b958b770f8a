package import RoadblockCore

/// Writes frames as pcapng (IETF draft "PCAP Next Generation"): one section, little-endian, with the interfaces of all
/// inputs in the order in which they appear.
///
/// Bytes, lengths and what the source says of a frame are kept, times to the nanosecond.
package struct PcapngWriter {
    /// An interface as it was written.
    private struct Written {
        var number: UInt32
        var nanosecondsPerUnit: Int64
        var offsetSeconds: Int64
    }

    /// The interfaces of an input's section.
    private struct Section {
        var ordinal = 0
        var interfaces: [Written] = []
    }

    private var sections: [Section]
    private var interfaceCount: UInt32 = 0

    package init(inputCount: Int) { sections = Array(repeating: Section(), count: inputCount) }

    /// Adds what stands before everything else.
    package func appendHeader(application: String, to text: inout [UInt8]) {
        let start = begin(PcapngState.sectionHeader, &text)
        text.appendLittle(0x1A2B_3C4D)
        text.appendLittle(half: 1)
        text.appendLittle(half: 0)
        // The section's length is not known yet.
        text.appendLittle(.max)
        text.appendLittle(.max)
        text.appendOption(4, Array(application.utf8))
        text.appendEndOfOptions()
        end(start, &text)
    }

    /// Adds the frame that a capture gave last, after interfaces that are new.
    package mutating func append(_ frame: Frame, input: Int, of capture: MergedCapture, to text: inout [UInt8])
        throws(Failure)
    {
        appendInterfaces(input, of: capture, to: &text)
        guard frame.interface < sections[input].interfaces.count else { return }
        let interface = sections[input].interfaces[frame.interface]
        let start = begin(6, &text)
        text.appendLittle(interface.number)
        let time = PcapngWriter.units(frame.time, interface)
        text.appendLittle(UInt32(truncatingIfNeeded: time >> 32))
        text.appendLittle(UInt32(truncatingIfNeeded: time))
        text.appendLittle(UInt32(truncatingIfNeeded: frame.capturedLength))
        text.appendLittle(UInt32(clamping: frame.originalLength))
        try capture.withBytes(of: frame, input: input) { (bytes) throws(Failure) in text.append(bytes) }
        text.pad(frame.capturedLength)
        if let record = capture.record(of: frame, input: input) { PcapngWriter.append(record, to: &text) }
        end(start, &text)
    }

    /// Adds the interfaces of an input that were not written yet; also those without any frame.
    package mutating func appendInterfaces(_ input: Int, of capture: MergedCapture, to text: inout [UInt8]) {
        guard let reader = capture.reader(input) else { return }
        let (ordinal, count) = reader.interfaceCount
        if sections[input].ordinal != ordinal { sections[input] = Section(ordinal: ordinal) }
        guard sections[input].interfaces.count < count else { return }
        let all = reader.interfaces.all
        while sections[input].interfaces.count < all.count {
            let interface = all[sections[input].interfaces.count]
            let digits = PcapngWriter.digits(interface.unitsPerSecond)
            append(interface, digits, to: &text)
            sections[input].interfaces.append(
                Written(
                    number: interfaceCount,
                    nanosecondsPerUnit: (digits..<9).reduce(1) { units, _ in units * 10 },
                    offsetSeconds: interface.offsetSeconds
                )
            )
            interfaceCount &+= 1
        }
    }

    /// Digits of a second's fraction that times are written with: the source's, where it counts in powers of ten up to
    /// nanoseconds, else nine.
    private static func digits(_ unitsPerSecond: UInt64) -> Int {
        var units: UInt64 = 1
        for digits in 0..<9 {
            if units == unitsPerSecond { return digits }
            units *= 10
        }
        return 9
    }

    /// A time in an interface's units; what lies before its first is its first.
    private static func units(_ time: Instant, _ interface: Written) -> UInt64 {
        let (offset, isFar) = interface.offsetSeconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (since, isOut) = time.nanoseconds.subtractingReportingOverflow(offset)
        guard !isFar, !isOut, since >= 0 else { return 0 }
        return UInt64(since / interface.nanosecondsPerUnit)
    }

    private func append(_ interface: CaptureInterface, _ digits: Int, to text: inout [UInt8]) {
        let start = begin(1, &text)
        text.appendLittle(half: interface.linkType.rawValue)
        text.appendLittle(half: 0)
        text.appendLittle(interface.snapLength)
        if !interface.name.isEmpty { text.appendOption(2, interface.name) }
        if !interface.description.isEmpty { text.appendOption(3, interface.description) }
        text.appendOption(9, [UInt8(digits)])
        if interface.checkSequenceLength > 0 { text.appendOption(13, [UInt8(interface.checkSequenceLength & 0xFF)]) }
        if interface.offsetSeconds != 0 {
            text.appendOption(14, littleBytes(UInt64(bitPattern: interface.offsetSeconds), 8))
        }
        for (code, content) in interface.remarks { text.appendOption(code, content) }
        text.appendEndOfOptions()
        end(start, &text)
    }

    private static func append(_ record: FrameRecord, to text: inout [UInt8]) {
        let start = text.count
        if let flags = record.flags { text.appendOption(2, littleBytes(UInt64(flags), 4)) }
        if let drops = record.drops { text.appendOption(4, littleBytes(drops, 8)) }
        if let packetID = record.packetID { text.appendOption(5, littleBytes(packetID, 8)) }
        if let queue = record.queue { text.appendOption(6, littleBytes(UInt64(queue), 4)) }
        for (kind, content) in record.verdicts {
            // Verdicts of eBPF are numbers, kept with the most significant byte first.
            let isNumber = kind == 1 || kind == 2
            text.appendOption(7, [kind] + (isNumber ? content.reversed() : content))
        }
        for comment in record.comments { text.appendOption(1, comment) }
        if text.count > start { text.appendEndOfOptions() }
    }

    /// Begins a block, whose length is filled in at its end.
    private func begin(_ type: UInt32, _ text: inout [UInt8]) -> Int {
        let start = text.count
        text.appendLittle(type)
        text.appendLittle(0)
        return start
    }

    private func end(_ start: Int, _ text: inout [UInt8]) {
        let length = littleBytes(UInt64(text.count - start + 4), 4)
        text += length
        text.replaceSubrange(start + 4..<start + 8, with: length)
    }
}

/// The low bytes of a number, least significant first.
private func littleBytes(_ number: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: number >> UInt64(8 * $0)) }
}

extension [UInt8] {
    @inline(__always)
    fileprivate mutating func appendLittle(_ number: UInt32) {
        for shift in stride(from: UInt32(0), to: 32, by: 8) { append(UInt8(truncatingIfNeeded: number >> shift)) }
    }

    fileprivate mutating func appendLittle(half number: UInt16) {
        append(UInt8(truncatingIfNeeded: number))
        append(UInt8(truncatingIfNeeded: number >> 8))
    }

    /// Fills up to whole words.
    fileprivate mutating func pad(_ length: Int) {
        for _ in 0..<(-length & 3) { append(0) }
    }

    fileprivate mutating func appendOption(_ code: UInt16, _ content: [UInt8]) {
        appendLittle(half: code)
        appendLittle(half: UInt16(clamping: content.count))
        append(contentsOf: content.prefix(Int(UInt16.max)))
        pad(content.count)
    }

    fileprivate mutating func appendEndOfOptions() { appendLittle(0) }
}
