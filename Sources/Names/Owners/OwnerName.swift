/// Names made fit to be printed.
enum OwnerName {
    /// A longer name is cut.
    static let limit = 128

    /// A name in one line: control characters become blanks, invisible ones are left out, what is too long is cut.
    static func clean(_ text: String) -> String {
        var result = ""
        var count = 0
        var isBlankDue = false
        for scalar in text.unicodeScalars {
            if isBlank(scalar) {
                isBlankDue = count > 0
                continue
            }
            if !scalar.isASCII, isInvisible(scalar) { continue }
            if isBlankDue {
                result += " "
                count += 1
                isBlankDue = false
            }
            guard count < limit else { return result + "…" }
            result.unicodeScalars.append(scalar)
            count += 1
        }
        return result
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value <= 0x20 || scalar.value == 0x7F }
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .spaceSeparator: return true
        default: return false
        }
    }

    /// Marks that change how other characters are shown, such as those for the direction of writing.
    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .format, .privateUse, .surrogate, .unassigned: true
        default: false
        }
    }

    /// True for what files write where nobody owns a range.
    static func saysNobody(_ name: String) -> Bool { name.isEmpty || name == "-" || name == "Not routed" }
}
