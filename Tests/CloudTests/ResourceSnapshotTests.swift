import Cloud
import RoadblockCore
import Testing

struct ResourceSnapshotTests {
    static let snapshot = Result { try Fixture.snapshot("networks.json") }

    /// A word for instances, and the last digits of the ids that it stands for.
    static let words: [(word: String, ids: [String])] = [
        ("i-0000000000000000a", ["a"]), ("I-0000000000000000A", ["a"]), ("i-00000000000000000", []),
        ("eni-0000000000000000b", ["b"]), ("eni-00000000000000010", ["10"]), ("eni-00000000000000099", []),
        ("10.0.0.50", ["a"]), ("198.51.100.5", ["a"]), ("198.51.100.50", ["a"]), ("2001:db8::5", ["a"]),
        ("2001:0db8:0::0:5", ["a"]), ("::ffff:10.0.0.50", ["a"]), ("10.0.0.99", []), ("10.0.0.61", ["11"]),
        // Two networks with one address; what is terminated gives way, unless nothing else has the address.
        ("10.0.0.5", ["a", "b"]), ("10.0.0.7", ["d"]), ("10.0.0.8", ["e"]),
        ("ip-10-0-0-5.ec2.internal", ["a"]), ("IP-10-0-0-50.EC2.Internal.", ["a"]), ("a.example.com", ["a"]),
        ("web-a", ["a"]), ("WEB-A", []), ("web-*", []), ("gone", ["e"]), ("way out", ["11"]), ("", []),
        ("name:web-*", ["a", "b"]), ("name:web-?", ["a", "b"]), ("name:web-a", ["a"]),
        ("name:*", ["a", "b", "c", "e"]),
        ("name:web-\\*", []), ("name:way*", ["11"]), ("name:WEB-*", []), ("name:", []), ("nobody", []),
    ]

    @Test(arguments: words)
    func `finds what a word stands for`(_ row: (word: String, ids: [String])) throws {
        let found = try ResourceSnapshotTests.snapshot.get().resources(named: row.word).resources
        #expect(found.map { String($0.id.drop { $0 != "-" }.dropFirst().drop { $0 == "0" }) } == row.ids)
    }

    static let hints: [(word: String, hint: String?)] = [
        ("web-x", "did you mean `web-a`?"), ("i-0000000000000001a", "did you mean `i-0000000000000000a`?"),
        (
            "i-0000000000000000f",
            "only its interface eni-00000000000000013 is there; add what `aws ec2 describe-instances` prints"
        ),
        ("i-12345678", nil), ("10.0.0.99", nil), ("something else", nil),
    ]

    @Test
    func `does not ask for the answer that is there`() throws {
        let text =
            """
            {"Reservations": [{"Instances": [{"InstanceId": "i-0123456789abcdef0", "PrivateIpAddress": "10.0.0.5"}]}]}
            """
        let snapshot = try Fixture.snapshot(of: text)
        #expect(snapshot.resources(named: "i-0aaaaaaaaaaaaaaaa").hint == nil)
    }

    @Test(arguments: hints)
    func `helps with words that nothing fits`(_ row: (word: String, hint: String?)) throws {
        let match = try ResourceSnapshotTests.snapshot.get().resources(named: row.word)
        #expect(match.resources.isEmpty)
        #expect(match.hint == row.hint)
    }

    /// An address, an interface where it is known, the instance's name or id, and what to call the address.
    static let addresses: [(address: String, interface: String?, instance: String?, name: String?)] = [
        ("10.0.0.50", nil, "web-a", "web-a"), ("2001:db8::5", nil, "web-a", "web-a"),
        // One address in two networks: nothing rather than a wrong name.
        ("10.0.0.5", nil, nil, nil), ("10.0.0.5", "eni-0000000000000000b", "web-b", "web-b"),
        ("10.0.0.5", "eni-0000000000000000a", "web-a", "web-a"), ("10.0.0.5", "eni-00000000000000099", nil, nil),
        ("10.0.0.7", nil, "i-0000000000000000d", "spare"), ("10.0.0.8", nil, "gone", "gone"),
        ("10.0.0.60", nil, nil, "ELB app/front/1"), ("10.0.0.61", nil, nil, "way out"),
        ("198.51.100.61", nil, nil, "way out"),
        ("10.0.0.62", nil, nil, "eni-00000000000000012"), ("10.0.0.63", nil, nil, "i-0000000000000000f"),
        ("10.0.0.60", "eni-00000000000000011", nil, "way out"), ("10.0.0.99", nil, nil, nil),
    ]

    @Test(arguments: addresses)
    func `names addresses`(_ row: (address: String, interface: String?, instance: String?, name: String?)) throws {
        let snapshot = try ResourceSnapshotTests.snapshot.get()
        let address = try #require(IPAddress(parsing: row.address))
        let instance = snapshot.instance(at: address, interface: row.interface)
        #expect(instance.map { $0.name ?? $0.id } == row.instance)
        #expect(snapshot.displayName(of: address, interface: row.interface) == row.name)
    }

    @Test
    func `gives the instance of an interface, and its tags`() throws {
        let snapshot = try ResourceSnapshotTests.snapshot.get()
        #expect(snapshot.instance(ofInterface: "eni-0000000000000000d")?.id == "i-0000000000000000d")
        #expect(snapshot.instance(ofInterface: "eni-00000000000000013") == nil)
        #expect(snapshot.instance(ofInterface: "eni-00000000000000010") == nil)
        let instance = snapshot.instance("i-0000000000000000a")
        #expect(instance?.tag("Name") == "web-a")
        #expect(instance?.tag("NAME") == "web-a")
        #expect(instance?.tag("env") == nil)
        #expect(snapshot.instance("i-0000000000000000d")?.tag("Name")?.isEmpty == true)
        #expect(instance?.vpc == "vpc-1")
    }

    static let patterns: [(pattern: String, text: String, fits: Bool)] = [
        ("", "", true), ("", "a", false), ("a", "a", true), ("a", "A", false), ("*", "", true), ("*", "anything", true),
        ("a*", "abc", true), ("*c", "abc", true), ("a*c", "abc", true), ("a*c", "abd", false), ("a**c", "ac", true),
        ("?", "", true), ("?", "a", true), ("?", "ab", false), ("a?c", "abc", true), ("a?c", "ac", true),
        ("a?c", "abbc", false), ("a??", "a", true), ("\\*", "*", true), ("\\*", "a", false), ("\\?", "?", true),
        ("\\\\", "\\", true), ("a\\", "a\\", true), ("\\a", "a", true), ("é", "e\u{301}", false), ("*😀*", "a😀b", true),
        (String(repeating: "*a", count: 200), String(repeating: "a", count: 256), true),
        (String(repeating: "?", count: 200) + "b", String(repeating: "a", count: 200), false),
    ]

    @Test(arguments: patterns)
    func `matches patterns as EC2's filters do`(_ row: (pattern: String, text: String, fits: Bool)) {
        let instance = Instance(id: "i-1", tags: [Tag("Name", row.text)])
        let snapshot = ResourceSnapshot(instances: [instance], interfaces: [])
        // An empty name is no name.
        let fits = row.fits && !row.text.isEmpty
        #expect(snapshot.resources(named: "name:" + row.pattern).resources.isEmpty == !fits)
    }
}
