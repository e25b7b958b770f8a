import RoadblockCore

/// Parts of the probe option of Riverbed's WAN optimizers: what it holds depends on its version and type.
enum OptimizerPart: UInt8, Hashable, Sendable {
    case type1, version, type2, versionBit, reserved, prober, proxy, proxyPort, client, application, store
    case flags, notifyFlags, answerFlags

    func find(_ bytes: borrowing RawSpan, _ layer: Layer, _ parts: inout PartList) {
        var walk = TCPOptionWalk(layer)
        while let option = walk.next(bytes) {
            guard option.kind == 76, option.isWhole, option.length >= 3 else { continue }
            let end = option.offset + option.length
            if bytes.byte(option.offset + 2) & 1 == 1 {
                findOld(bytes, option.offset, end, &parts)
            } else {
                findNew(bytes, option.offset, end, &parts)
            }
        }
    }

    private func findOld(_ bytes: borrowing RawSpan, _ start: Int, _ end: Int, _ parts: inout PartList) {
        let type = bytes.byte(start + 2) >> 4
        guard type <= 10 else { return }
        func add(_ offset: Int, _ count: Int, _ parts: inout PartList) {
            if start + offset + count <= end { parts.append(start + offset, start + offset + count) }
        }
        switch (self, type) {
        case (.type1, _): add(2, 1, &parts)
        case (.version, _): parts.append(start + 2, start + 3, Int64(bytes.byte(start + 2) & 15))
        case (_, 2): return
        case (.reserved, _): add(3, 1, &parts)
        case (.prober, _): add(4, 4, &parts)
        case (.application, 0), (.application, 3), (.application, 4): add(8, 2, &parts)
        case (.proxy, 1), (.client, 5): add(8, 4, &parts)
        case (.proxyPort, 1): add(12, 2, &parts)
        case (.proxy, 5): add(12, 4, &parts)
        case (.proxyPort, 5): add(16, 2, &parts)
        default: return
        }
    }

    private func findNew(_ bytes: borrowing RawSpan, _ start: Int, _ end: Int, _ parts: inout PartList) {
        func add(_ offset: Int, _ count: Int, _ parts: inout PartList) {
            if start + offset + count <= end { parts.append(start + offset, start + offset + count) }
        }
        switch (self, bytes.byte(start + 2) >> 1) {
        case (.type2, _), (.versionBit, _): add(2, 1, &parts)
        case (.version, _): parts.append(start + 2, start + 3, 2)
        case (.flags, 6...10), (.notifyFlags, 6), (.notifyFlags, 8), (.notifyFlags, 9), (.answerFlags, 7):
            add(3, 1, &parts)
        case (.client, 8), (.store, 9): add(4, 4, &parts)
        default: return
        }
    }
}
