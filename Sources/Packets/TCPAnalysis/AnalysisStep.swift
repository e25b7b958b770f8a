import RoadblockCore

/// One segment's way through the analysis.
///
/// Behaviour: that of Wireshark 4.0, with the differences of later versions by profile. F is the direction of the
/// segment, R the other one; the numbers in comments are the order in which the verdicts are decided.
struct AnalysisStep {
    let profile: WiresharkProfile
    let measuresFlight: Bool
    let tcp: Packet.TCPFields
    let options: OptionFacts
    let time: Instant
    let frame: Int
    var result = SegmentAnalysis()

    init(
        profile: WiresharkProfile,
        measuresFlight: Bool,
        tcp: Packet.TCPFields,
        options: OptionFacts,
        time: Instant,
        frame: Int
    ) {
        self.profile = profile
        self.measuresFlight = measuresFlight
        self.tcp = tcp
        self.options = options
        self.time = time
        self.frame = frame
    }

    private var length: UInt32 { UInt32(truncatingIfNeeded: tcp.payloadLength) }
    private var isSYN: Bool { tcp.flags.contains(.syn) }
    private var isACK: Bool { tcp.flags.contains(.ack) }
    private var isControl: Bool { !tcp.flags.isDisjoint(with: [.syn, .fin, .rst]) }
    private var takesNumber: Bool { !tcp.flags.isDisjoint(with: [.syn, .fin]) }

    @inline(__always)
    mutating func run(
        _ stream: inout StreamState,
        _ f: inout StreamDirection,
        _ r: inout StreamDirection,
        _ pool: inout SegmentPool
    ) {
        setBases(&f, &r)
        describe(stream, f, r)
        countCompleteness(&stream)
        if result.flags.contains(.reusedPorts), !isACK { result.completeness = stream.completeness }
        noteFastOpen(&stream)
        noteECN(&stream)
        if isACK { r.isFlightKnown = true }
        decide(&f, &r, stream.initialRTT, &pool)
        remember(&f, &r, &pool)
        finish(&stream, &f, &r)
    }

    private mutating func setBases(_ f: inout StreamDirection, _ r: inout StreamDirection) {
        if isSYN {
            if f.isBaseKnown, f.base == tcp.sequence, !isACK {
                f.high = f.contiguous
                result.hasEmptyItem = true
            }
            f.base = tcp.sequence
            f.isBaseKnown = true
        } else if !f.isBaseKnown {
            f.base = tcp.sequence &- 1
            f.isBaseKnown = true
        }
        if isACK, !r.isBaseKnown {
            r.base = tcp.acknowledgment &- 1
            r.isBaseKnown = true
        }
    }

    private mutating func describe(_ stream: StreamState, _ f: StreamDirection, _ r: StreamDirection) {
        result.stream = stream.number
        result.sequence = tcp.sequence &- f.base
        result.nextSequence = result.sequence &+ tcp.sequenceLength
        result.acknowledgment = isACK ? tcp.acknowledgment &- r.base : tcp.acknowledgment
        result.timeRelative = time.nanoseconds(since: stream.firstTime)
        result.timeDelta = time.nanoseconds(since: stream.previousTime)
        result.completeness = stream.completeness
        result.isHidden = options.isCut
        let scaled = !isSYN && f.scale >= 0
        result.windowSize = Int(tcp.window) << (scaled ? Int(f.scale) : 0)
        result.windowScaleFactor = f.scale >= 0 ? 1 << Int(f.scale) : Int(f.scale)
    }

    private mutating func countCompleteness(_ stream: inout StreamState) {
        let isFirst = stream.packetCount == 0
        var bits: UInt8 = 0
        if isSYN, !isACK {
            if isFirst { bits |= 1 }
            if isFirst, length > 0 { bits |= 8 }
        } else {
            if isSYN { bits |= 2 }
            if isACK, !isSYN { bits |= length == 0 ? 4 : 8 }
            if tcp.flags.contains([.fin, .ack]) { bits |= 16 }
            if tcp.flags.contains(.rst) { bits |= 32 }
            if isFirst, profile < .v42 {
                // Counted only when the packet is seen again, in the second pass.
                stream.lateCompleteness = bits
                bits = 0
            }
        }
        stream.completeness |= bits
        result.completenessAfter = isFirst ? stream.completeness : stream.completeness | stream.lateCompleteness
    }

    /// TCP Fast Open (RFC 7413): a cookie with data in the SYN, and whether the SYN/ACK took the data.
    private mutating func noteFastOpen(_ stream: inout StreamState) {
        guard isSYN else { return }
        if !isACK {
            let hasCookie = options.hasFastOpenCookie
            if hasCookie, length > 0 { stream.hasFastOpenData = true }
            if hasCookie { result.flags.insert(.fastOpenSYN) }
        } else if result.acknowledgment > 1 {
            if stream.hasFastOpenData { result.flags.insert(.fastOpenACK) }
        } else if stream.hasFastOpenData {
            result.flags.insert(.fastOpenIgnored)
        }
    }

    /// Accurate ECN: a SYN with all three flags offers it, and four of the answers take it.
    private mutating func noteECN(_ stream: inout StreamState) {
        if isSYN {
            let flags = tcp.flags.rawValue >> 6 & 7
            if !isACK {
                stream.accurateECN = flags == 7 ? .offered : .none
            } else if stream.accurateECN != .none {
                stream.accurateECN = [2, 3, 4, 6].contains(flags) ? .agreed : .none
            }
        } else {
            result.hasECNCounter = stream.accurateECN == .agreed
        }
    }

    private mutating func decide(
        _ f: inout StreamDirection,
        _ r: inout StreamDirection,
        _ initialRTT: Int64?,
        _ pool: inout SegmentPool
    ) {
        checkWindows(&f, &r)
        // 10
        if tcp.acknowledgment != f.lastACK {
            f.duplicateFrame = frame
            f.duplicates = 0
        }
        // 11
        if isACK, r.contiguous != 0, after(tcp.acknowledgment, r.contiguous) {
            checkUnseen(&f, &r, pool)
        }
        // 12
        if length > 0 || takesNumber { checkRepeated(f, r, initialRTT, pool) }
    }

    /// Steps 1 to 9: windows, holes, keep-alives and duplicate acknowledgments.
    @inline(__always)
    private mutating func checkWindows(_ f: inout StreamDirection, _ r: inout StreamDirection) {
        let (seq, ack) = (tcp.sequence, tcp.acknowledgment)
        let window = UInt32(tcp.window)
        // 1
        if length == 1, seq == f.high, r.lastWindow == 0 {
            result.flags.insert(.zeroWindowProbe)
            return
        }
        // 2, 3
        if window == 0, !isControl { result.flags.insert(.zeroWindow) }
        if f.high != 0, after(seq, f.high), !tcp.flags.contains(.rst) {
            result.flags.insert(.lostSegment)
            f.isFlightKnown = false
        }
        // 4
        if length <= 1, seq == f.high &- 1, !isControl { result.flags.insert(.keepAlive) }
        // 5
        let repeatsACK = length == 0 && seq == f.high && ack == f.lastACK && !isControl
        let hasBlocks = options.hasBlocks
        if repeatsACK, window != 0, window != f.lastWindow, profile < .v44 || !hasBlocks {
            result.flags.insert(.windowUpdate)
        }
        // 6
        if length > 0, r.scale != -1, !isControl {
            let shift = r.scale < 0 || r.isScaleOff ? 0 : UInt32(r.scale)
            if seq &+ length == r.lastACK &+ (r.lastWindow << shift) { result.flags.insert(.windowFull) }
        }
        guard repeatsACK || (length == 0 && seq == f.high && !isControl) else { return }
        // 7
        if repeatsACK, window != 0, window == f.lastWindow, r.lastFlags.contains(.keepAlive) {
            result.flags.insert(.keepAliveACK)
            return
        }
        // 8
        if window == 0, f.lastWindow == 0, r.lastFlags.contains(.zeroWindowProbe), length == 0, !isControl,
            ack == f.lastACK || (profile >= .v42 && ack == f.lastACK &+ 1)
        {
            result.flags.insert(.zeroWindowProbeACK)
            if ack != f.lastACK {
                r.high = ack
                r.contiguous = ack
            }
            return
        }
        // 9
        let windowFits = window == f.lastWindow || (profile >= .v44 && hasBlocks)
        if repeatsACK, window != 0, windowFits, f.hasMultipath == options.hasMultipath {
            // All ones mute step 11; counting starts over from there.
            f.duplicates = f.duplicates == .max ? 1 : f.duplicates &+ 1
            result.flags.insert(.duplicateACK)
            result.duplicateACKNumber = Int(f.duplicates)
            result.duplicateACKFrame = f.duplicateFrame
        }
    }

    /// Step 11: the segment acknowledges bytes that were never captured.
    private mutating func checkUnseen(
        _ f: inout StreamDirection,
        _ r: inout StreamDirection,
        _ pool: borrowing SegmentPool
    ) {
        let ack = tcp.acknowledgment
        if profile < .v42 {
            if after(r.high, r.contiguous) {
                r.contiguous = r.high
                result.flags.insert(.ackLostSegment)
            } else if r.duplicates == 0 {
                result.flags.insert(.ackLostSegment)
                r.duplicates = .max
            }
            result.hasEmptyItem = true
            return
        }
        if ack == f.lastACK &+ 1, tcp.sequence == f.high, r.lastFlags.contains(.zeroWindowProbe) {
            result.flags.insert(.windowUpdate)
            r.high = ack
            r.contiguous = ack
            return
        }
        let (isCovered, end) = pool.reach(r.unacknowledged, from: ack)
        if !isCovered {
            result.flags.insert(.ackLostSegment)
            r.contiguous = end
        } else {
            // From 4.4 on, captured last bytes do not excuse a hole before them.
            if profile >= .v44, after(r.high, r.contiguous) { result.flags.insert(.ackLostSegment) }
            r.contiguous = ack
        }
    }

    /// Step 12: spurious, fast, out of order, or a plain retransmission.
    private mutating func checkRepeated(
        _ f: StreamDirection,
        _ r: StreamDirection,
        _ initialRTT: Int64?,
        _ pool: borrowing SegmentPool
    ) {
        guard !result.flags.contains(.keepAlive) else { return }
        let seq = tcp.sequence
        let end = seq &+ tcp.sequenceLength
        var isOld = f.high != 0 && after(f.high, seq)
        if length > 1, seq == f.high &- 1 { isOld = false }
        if length > 0, r.lastACK != 0, !after(seq &+ length, r.lastACK) {
            result.flags.insert([.retransmission, .spuriousRetransmission])
            return
        }
        guard isOld else { return }
        if r.duplicates >= 2, r.lastACK == seq, elapsed(r.lastTime) < 20_000_000 {
            result.flags.insert([.retransmission, .fastRetransmission])
            return
        }
        let limit = initialRTT.map { UInt64(bitPattern: $0) } ?? 3_000_000
        var isRecent = elapsed(profile >= .v46 ? r.lastTime : f.highTime) < limit
        if profile >= .v42, pool.covers(f.unacknowledged, seq, end) { isRecent = false }
        let isNewest = f.high == end && !(profile >= .v42 && !f.highHadPayload)
        if isRecent, !isNewest {
            result.flags.insert(.outOfOrder)
            return
        }
        result.flags.insert(.retransmission)
        let oldest = pool.oldest(f.unacknowledged, notBefore: profile >= .v42 ? seq : nil)
        result.rtoFrame = oldest?.frame ?? f.highFrame
        result.rto = time.nanoseconds(since: oldest?.time ?? f.highTime)
    }

    /// Steps 13 to 18: what later segments are compared with.
    @inline(__always)
    private mutating func remember(_ f: inout StreamDirection, _ r: inout StreamDirection, _ pool: inout SegmentPool) {
        let seq = tcp.sequence
        let isProbe = result.flags.contains(.zeroWindowProbe)
        var end = seq &+ length
        if length > 0 || takesNumber {
            if f.unacknowledged.count < SegmentList.limit {
                end = seq &+ length &+ (takesNumber ? 1 : 0)
                pool.add(seq, end, time, frame, to: &f.unacknowledged)
            }
        }
        if !isProbe {
            if f.high == 0 || after(end, f.high) {
                f.high = end
                f.highTime = time
                f.highFrame = frame
                f.highHadPayload = length > 0
            }
            if f.contiguous == 0 || seq == f.contiguous { f.contiguous = f.high }
        }
        f.lastWindow = UInt32(tcp.window)
        f.lastACK = tcp.acknowledgment
        f.lastTime = time
        f.lastFlags = result.flags
        if r.unacknowledged.newest >= 0 {
            let covered = pool.acknowledge(
                tcp.acknowledgment,
                reportsPartial: profile >= .v44,
                in: &r.unacknowledged
            )
            result.acksFrame = covered.frame
            if covered.frame > 0 { result.ackRTT = time.nanoseconds(since: covered.time) }
            if covered.isPartial { result.flags.insert(.partialACK) }
        }
        if measuresFlight, length > 0, f.isFlightKnown { measureFlight(f, r, pool) }
        countPushed(&f)
    }

    private mutating func measureFlight(_ f: StreamDirection, _ r: StreamDirection, _ pool: borrowing SegmentPool) {
        if profile >= .v46, r.lastTime.nanoseconds == 0 { return }
        var flight = Int(pool.flight(f.unacknowledged, base: f.base)) - Int(r.selectiveBytes)
        if takesNumber { flight -= 1 }
        if (1...2_000_000_000).contains(flight) { result.bytesInFlight = flight }
    }

    private mutating func countPushed(_ f: inout StreamDirection) {
        guard result.bytesInFlight > 0 else { return }
        if f.hasPushed { f.pushed = 0 }
        f.pushed &+= length
        f.hasPushed = tcp.flags.contains(.psh)
        result.pushBytesSent = Int(f.pushed)
    }
}

extension AnalysisStep {
    /// After the verdicts: what is learned for the segments to come.
    private mutating func finish(_ stream: inout StreamState, _ f: inout StreamDirection, _ r: inout StreamDirection) {
        f.selectiveBytes = options.blockBytes
        f.hasMultipath = options.hasMultipath
        if isSYN { learnScale(&f, &r) }
        result.initialRTT = stream.initialRTT
        if isACK, !isSYN {
            if stream.initialRTT == nil, let start = stream.newestSYN, start != time {
                stream.initialRTT = time.nanoseconds(since: start)
                result.initialRTT = stream.initialRTT
            }
            f.isScaleOff = false
        }
        if isSYN {
            f.isScaleOff = true
            if !isACK { stream.newestSYN = time }
        }
        if tcp.flags.contains(.rst) { stream.hasReset = true }
        if tcp.flags.contains(.rst) || tcp.flags.contains([.fin, .ack]) { stream.hasEnded = true }
        if tcp.flags.contains(.fin) {
            result.isPassiveFIN = r.hasFIN
            f.hasFIN = true
        }
        stream.previousTime = time
        stream.packetCount += 1
        result.ordinal = stream.packetCount
    }

    private func learnScale(_ f: inout StreamDirection, _ r: inout StreamDirection) {
        guard !options.isCut else { return }
        guard let shift = options.windowScale else {
            if f.scale == -1 {
                f.scale = -2
                r.scale = -2
            }
            return
        }
        f.scale = isACK && r.scale == -2 ? -2 : Int8(min(shift, 14))
    }

    /// True when a comes after b in sequence space.
    @inline(__always)
    private func after(_ a: UInt32, _ b: UInt32) -> Bool { Int32(bitPattern: a &- b) > 0 }

    /// Nanoseconds since another time; a step back counts as a huge value.
    @inline(__always)
    private func elapsed(_ since: Instant) -> UInt64 { UInt64(bitPattern: time.nanoseconds(since: since)) }
}
