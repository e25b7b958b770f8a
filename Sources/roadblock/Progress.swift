import RoadblockCore

/// A line on standard error for work that takes longer than about a second, on a terminal only.
struct Progress {
    private let isShown: Bool
    /// Bytes of all inputs; 0 when unknown.
    private let total: Int
    private let start = ContinuousClock.now
    private var lastShown = ContinuousClock.now
    private var isOnScreen = false

    init(isShown: Bool, total: Int) {
        self.isShown = isShown && StandardError.isTerminal
        self.total = total
    }

    /// Shows how far the reading is, at most five times a second.
    mutating func show(frames: Int, bytes: Int) { show(frames, "frames", bytes: bytes) }

    /// Shows how far the reading of some units is, at most five times a second.
    mutating func show(_ count: Int, _ unit: String, bytes: Int) {
        let (total, elapsed) = (total, (ContinuousClock.now - start) / .seconds(1))
        show {
            var text = "\(count) \(unit), \(fixed(Double(bytes) / 1e6, 0)) MB"
            if total > 0 {
                let share = min(1, Double(bytes) / Double(total))
                text += " of \(fixed(Double(total) / 1e6, 0)) MB (\(fixed(share * 100, 0)) %)"
                if share > 0.01 { text += ", \(fixed(elapsed / share - elapsed, 0)) s left" }
            }
            return text
        }
    }

    /// Shows a text, at most five times a second.
    mutating func show(_ text: () -> String) {
        guard isShown else { return }
        let now = ContinuousClock.now
        guard now - start > .seconds(1), now - lastShown > .milliseconds(200) else { return }
        lastShown = now
        isOnScreen = true
        StandardError.write("\r\u{1B}[K\(text())")
    }

    /// Takes the line away.
    mutating func end() {
        if isOnScreen { StandardError.write("\r\u{1B}[K") }
        isOnScreen = false
    }
}
