package import RoadblockCore

/// Who addresses belong to, as files say it: lists of ranges, Amazon's `ip-ranges.json`, MaxMind databases.
///
/// The narrowest range around an address wins; among equally narrow ones that of the file that was given first.
package struct OwnerTable: Sendable {
    private let names: [String]
    private let ipv4: RangeTable<UInt32>
    private let ipv6: RangeTable<UInt128>
    private let databases: [Database]
    /// What is to be said about the files, such as lines that could not be read.
    package let notes: [String]

    /// A MaxMind database among the files.
    struct Database: Sendable {
        var database: MaxMindDatabase
        var file: UInt16
        /// What is added to a record's place to make it an owner's number.
        var base: Int32
    }

    init(
        names: [String],
        ipv4: RangeTable<UInt32>,
        ipv6: RangeTable<UInt128>,
        databases: [Database],
        notes: [String]
    ) {
        self.names = names
        self.ipv4 = ipv4
        self.ipv6 = ipv6
        self.databases = databases
        self.notes = notes
    }

    /// The number of the owner of an address; `nil` where no file has a range around it.
    ///
    /// Two numbers may stand for the same name, and one for none: a record of a database is read for its name only
    /// where something else claims the address too. Allocates nothing, so that loops over many addresses keep numbers
    /// and ask for each name once.
    package func owner(of address: IPAddress) -> Int32? {
        var best = address.ipv4.map(ipv4.find) ?? ipv6.find(address.bits)
        for index in databases.indices {
            guard let found = databases[index].database.find(address) else { continue }
            let claim = Claim(
                name: databases[index].base + found.record,
                file: databases[index].file,
                extent: Extent(bits: found.freeBits)
            )
            if databases.count > 1 || best != nil {
                guard databases[index].database.hasName(at: found.record) else { continue }
            }
            guard let current = best, (current.extent, current.file) < (claim.extent, claim.file) else {
                best = claim
                continue
            }
        }
        return best?.name
    }

    /// The name behind a number that `owner(of:)` gave: one line of at most 129 characters, never empty.
    package func name(_ owner: Int32) -> String? {
        if names.indices.contains(Int(owner)) { return names[Int(owner)] }
        return databases.last { $0.base <= owner }.flatMap { $0.database.name(at: owner - $0.base) }
    }

    /// The name of the owner of an address; `nil` where no file names one.
    package func name(of address: IPAddress) -> String? { owner(of: address).flatMap(name) }
}
