import RoadblockCore

/// A whole number with commas between thousands.
func grouped(_ number: Int64) -> String {
    let digits = String(number.magnitude)
    var text = ""
    for (index, digit) in digits.enumerated() {
        if index > 0, (digits.utf8.count - index) % 3 == 0 { text += "," }
        text.append(digit)
    }
    return (number < 0 ? "-" : "") + text
}

/// A number as people read it: thousands apart, at most four digits behind the point, none behind large ones.
func numberText(_ number: Double) -> String {
    guard number.isFinite, abs(number) < 1e15 else { return String(number) }
    if let whole = Int64(exactly: abs(number) < 1e11 ? number : number.rounded()) { return grouped(whole) }
    guard abs(number) >= 0.0001 else { return String(number) }
    var text = fixed(abs(number), 4)
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    let point = text.firstIndex(of: ".") ?? text.endIndex
    return (number < 0 ? "-" : "") + grouped(Int64(text[..<point]) ?? 0) + text[point...]
}

/// A number in at most eight or so columns, for an axis: `1,234`, `12.3 M`.
func axisText(_ number: Double) -> String {
    let size = abs(number)
    if size < 1e6, size == 0 || size >= 0.01 {
        if Int64(exactly: number) != nil { return numberText(number) }
        return numberText(size >= 1000 ? number.rounded() : (number * 100).rounded() / 100)
    }
    let units: [(Double, String)] = [(1e6, "M"), (1e9, "G"), (1e12, "T"), (1e15, "P"), (1e18, "E")]
    if size >= 1e6, size < 1e21, let (unit, name) = units.last(where: { size >= $0.0 }) {
        return "\(number < 0 ? "-" : "")\(numberText((size / unit * 100).rounded() / 100)) \(name)"
    }
    // Two digits and the power of ten.
    var mantissa = size
    var power = 0
    while mantissa >= 10 {
        mantissa /= 10
        power += 1
    }
    while mantissa < 1, power > -400 {
        mantissa *= 10
        power -= 1
    }
    return "\(number < 0 ? "-" : "")\(fixed(mantissa, 1))e\(power)"
}

/// A share of a whole in percent.
func percentText(_ part: Double, of whole: Double) -> String {
    guard whole > 0 else { return "0.0%" }
    let percent = part / whole * 100
    return percent > 0 && percent < 0.05 ? "<0.1%" : fixed(percent, 1) + "%"
}

/// A count with its noun.
func counted(_ count: Int, _ one: String, _ several: String? = nil) -> String {
    count == 1 ? "1 \(one)" : "\(grouped(Int64(count))) \(several ?? one + "s")"
}
