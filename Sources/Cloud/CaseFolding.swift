extension Unicode.Scalar {
    /// The character that stands for this one where case does not matter: Unicode's simple case folding, without a
    /// locale (Unicode Character Database, CaseFolding.txt, status C and S).
    ///
    /// It is derived from the standard library's properties. A dotless i is no i, and a dotted capital one stays itself.
    var simpleFolding: Unicode.Scalar {
        if value < 0x80 { return ("A"..."Z").contains(self) ? Unicode.Scalar(UInt8(value) + 32) : self }
        switch value {
        // The iota below a letter, standing alone: decomposed it is an iota already, so that the property says no.
        case 0x1FBE: return "\u{3B9}"
        // Cherokee folds to the older capital letters.
        case 0x13F8...0x13FD: return Unicode.Scalar(value - 8) ?? self
        case 0xAB70...0xABBF: return Unicode.Scalar(value - 0xAB70 + 0x13A0) ?? self
        default: break
        }
        guard properties.changesWhenCaseFolded else { return self }
        let lower = Unicode.Scalar.single(properties.lowercaseMapping)
        if let lower, lower != self { return lower }
        // Small letters that share a capital with another small letter, such as the final sigma.
        guard let upper = Unicode.Scalar.single(properties.uppercaseMapping) else { return self }
        return Unicode.Scalar.single(upper.properties.lowercaseMapping) ?? self
    }

    private static func single(_ text: String) -> Unicode.Scalar? {
        let scalars = text.unicodeScalars
        return scalars.count == 1 ? scalars.first : nil
    }
}

extension String {
    /// True for texts that differ in case at most.
    func isSameIgnoringCase(_ other: String) -> Bool {
        unicodeScalars.lazy.map(\.simpleFolding).elementsEqual(other.unicodeScalars.lazy.map(\.simpleFolding))
    }
}
