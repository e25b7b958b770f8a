package import RoadblockCore

extension OwnerTable {
    /// Collects what files say, one file after the other.
    package struct Builder {
        private var names: [String] = []
        /// By the text in the file; `nobody` for texts that name no one.
        private var numbers: [String: Int32] = [:]
        private var ipv4: [RangeTable<UInt32>.Entry] = []
        private var ipv6: [RangeTable<UInt128>.Entry] = []
        private var databases: [OwnerTable.Database] = []
        /// Where the numbers of the databases' records end.
        private var numberEnd = Self.nameLimit
        private var files = 0
        private var notes: [String] = []

        /// The most bytes that a file may have, unpacked.
        package static let byteLimit = 512 << 20
        /// The most ranges of all lists together.
        package static let rangeLimit = 5_000_000
        /// The most different names of all lists together.
        static let nameLimit = 1_000_000
        /// The most files; nobody types so many.
        private static let fileLimit = 1000

        package init() {}

        /// Reads a file, recognised by its content.
        ///
        /// - Throws: `Failure` of kind `badInput` for a file that holds no owner, is of another kind, or too large.
        package mutating func add(_ bytes: [UInt8], name: String) throws(Failure) {
            guard bytes.count <= Self.byteLimit else { throw Self.isTooLarge(name) }
            guard files < Self.fileLimit else {
                throw Failure(.badInput, "more than \(Self.fileLimit) files of owners")
            }
            if let database = try MaxMindDatabase(bytes, name: name) {
                try add(database, name)
            } else {
                switch Self.firstByte(bytes) {
                case nil: throw Failure(.badInput, "\(name) is empty")
                case UInt8(ascii: "{"), UInt8(ascii: "["): try CloudRanges.read(bytes, name, into: &self)
                default:
                    if let what = Self.foreignKind(bytes) {
                        throw Failure(
                            .badInput,
                            "\(name) names no owners: it is \(what)",
                            suggestion: "what works: CSV or TSV, Amazon's ip-ranges.json, MaxMind databases (.mmdb)"
                        )
                    }
                    try DelimitedOwners.read(bytes, name, into: &self)
                }
            }
            files += 1
        }

        /// The table of all files.
        package consuming func table() -> OwnerTable {
            OwnerTable(
                names: names,
                ipv4: RangeTable(ipv4),
                ipv6: RangeTable(ipv6),
                databases: databases,
                notes: notes
            )
        }

        /// Takes one range; one that nobody owns is passed over.
        mutating func add(_ range: AddressRange, _ owner: String, in file: String) throws(Failure) {
            let number = try number(of: owner, file)
            guard number != Claim.nobody.name else { return }
            guard ipv4.count + ipv6.count < Self.rangeLimit else {
                throw Failure(.badInput, "\(file): more than \(Self.rangeLimit) ranges of addresses")
            }
            let order = UInt16(files)
            if let first = range.first.ipv4, let last = range.last.ipv4 {
                ipv4.append(.init(first: first, last: last, name: number, file: order))
            } else {
                ipv6.append(.init(first: range.first.bits, last: range.last.bits, name: number, file: order))
            }
        }

        /// Ranges taken so far.
        var rangeCount: Int { ipv4.count + ipv6.count }

        /// Adds what is to be said about a file.
        package mutating func note(_ text: String) { notes.append(text) }

        private mutating func number(of owner: String, _ file: String) throws(Failure) -> Int32 {
            if let known = numbers[owner] { return known }
            guard numbers.count < Self.nameLimit else {
                throw Failure(.badInput, "\(file): more than \(Self.nameLimit) different names of owners")
            }
            let name = OwnerName.clean(owner)
            guard !OwnerName.saysNobody(name) else {
                numbers[owner] = Claim.nobody.name
                return Claim.nobody.name
            }
            numbers[owner] = Int32(names.count)
            names.append(name)
            return Int32(names.count - 1)
        }

        private mutating func add(_ database: MaxMindDatabase, _ file: String) throws(Failure) {
            guard numberEnd + database.recordEnd <= Int(Int32.max) else {
                throw Failure(.badInput, "\(file): the databases of owners together are larger than 2 GB")
            }
            databases.append(.init(database: database, file: UInt16(files), base: Int32(numberEnd)))
            numberEnd += database.recordEnd
        }

        /// The failure for a file beyond `byteLimit`.
        package static func isTooLarge(_ name: String) -> Failure {
            Failure(.badInput, "\(name) is larger than \(byteLimit >> 20) MiB")
        }

        private static func firstByte(_ bytes: [UInt8]) -> UInt8? {
            let start = bytes.starts(with: byteOrderMark) ? byteOrderMark.count : 0
            return bytes[start...].first { $0 > 0x20 }
        }

        /// UTF-8's mark at the start of a text.
        static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

        /// What a file is that is no text; `nil` for texts.
        private static func foreignKind(_ bytes: [UInt8]) -> String? {
            if bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) { return "a ZIP archive; unpack it first" }
            if bytes.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A]) { return "xz-compressed; unpack it first" }
            if bytes.starts(with: Array("BZh".utf8)) { return "bzip2-compressed; unpack it first" }
            if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
                return "UTF-16 text; save it as UTF-8"
            }
            return bytes.prefix(4096).contains(0) ? "binary, and not a complete MaxMind database" : nil
        }
    }
}
