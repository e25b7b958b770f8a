import Cloud
import RoadblockCore
import Testing

struct SnapshotReaderTests {
    static let instance = #"{"InstanceId": "i-1", "Tags": [{"Key": "Name", "Value": "web"}]}"#

    /// Texts in which the instance `i-1` has the tag `Name=web` and no other.
    static let shapes: [String] = [
        #"{"Reservations": [{"ReservationId": "r-1", "Groups": [], "Instances": [\#(instance)]}]}"#,
        #"{"Reservations": [], "Tags": [{"Key": "Name", "ResourceId": "i-1", "ResourceType": "instance", "Value": "web"}]}"#,
        #"{"Tags": [{"Key": "Name", "ResourceId": "i-1", "Value": "web"}, {"Key": "a", "ResourceId": "vol-1", "ResourceType": "volume", "Value": "b"}]}"#,
        #"[{"Key": "Name", "ResourceId": "i-1", "ResourceType": {"Value": "instance"}, "Value": "web"}]"#,
        #"{"Key": "Name", "ResourceId": "i-1", "ResourceType": "instance", "Value": "web"}"#,
        instance, "[\(instance)]", "[[\(instance)], []]", #"{"Instances": [\#(instance)]}"#,
        // What ConvertTo-Json makes of lists with one item, and of some lists in Windows PowerShell.
        #"{"Instances": {"InstanceId": "i-1", "Tags": {"Key": "Name", "Value": "web"}}, "ReservationId": "r-1"}"#,
        #"{"value": [\#(instance)], "Count": 1}"#,
        #"{"InstanceId": "i-1", "Tags": {"value": [{"Key": "Name", "Value": "web"}], "Count": 1}}"#,
        // Other cases of letters, and the wire's names.
        #"{"reservationSet": [{"reservationId": "r-1", "instancesSet": [{"instanceId": "i-1", "tagSet": [{"key": "Name", "value": "web"}]}]}]}"#,
        #"{"RESERVATIONS": {"INSTANCES": {"INSTANCEID": "i-1", "TAGS": {"KEY": "Name", "VALUE": "web"}}}}"#,
        // Several answers in one object, several documents in one file, byte order marks between them.
        #"{"SecurityGroups": [{"Tags": [{"Key": "x", "Value": "y"}]}], "Reservations": [{"Instances": [\#(instance)]}]}"#,
        "{\"SecurityGroups\": []}\n\(instance)\n", "[]\(instance){\"Reservations\":[]}",
        "\u{FEFF}[]\n\u{FEFF}\(instance)",
        "null \(instance)",
        #"{"Vpcs": [], "NextToken": "x", "Tags": [{"Key": "Name", "ResourceId": "i-1", "Value": "web"}], "requestId": "r"}"#,
    ]

    @Test(arguments: shapes)
    func `recognises saved answers by their shape`(_ text: String) throws {
        let snapshot = try Fixture.snapshot(of: text)
        #expect(snapshot.instances.map(\.id) == ["i-1"])
        #expect(snapshot.instances.first?.tagText == "Name=web")
        #expect(snapshot.looseTags.isEmpty)
    }

    /// Lists of tags that do not say whose they are, and how many tags each has.
    static let loose: [(text: String, counts: [Int])] = [
        (#"[{"Key": "Name", "Value": "web"}, {"Key": "env", "Value": ""}]"#, [2]),
        (#"{"Key": "Name", "Value": "web"}"#, [1]),
        (#"{"Tags": [{"Key": "Name", "Value": "web"}]}"#, [1]), (#"{"TagSet": {"Key": "Name", "Value": "web"}}"#, [1]),
        ("{\"Key\":\"Name\",\"Value\":\"web\"}\n{\"Key\":\"env\",\"Value\":\"x\"}\n", [2]),
        ("[{\"Key\":\"Name\",\"Value\":\"a\"}]\n[{\"Key\":\"Name\",\"Value\":\"b\"}]\n", [1, 1]),
        (#"[[{"Key":"Name","Value":"a"}],[{"Key":"Name","Value":"b"}]]"#, [1, 1]),
    ]

    @Test(arguments: loose)
    func `keeps tags that do not say whose they are`(_ row: (text: String, counts: [Int])) throws {
        let snapshot = try Fixture.snapshot(of: row.text)
        #expect(snapshot.looseTags.map(\.count) == row.counts)
        #expect(snapshot.instances.isEmpty)
    }

    @Test(arguments: ["", ", \"Tags\": []", ", \"Tags\": null", ", \"Tags\": {}"])
    func `takes an instance without tags for one`(_ tags: String) throws {
        let snapshot = try Fixture.snapshot(of: "{\"InstanceId\": \"i-1\"\(tags)}")
        #expect(snapshot.instances.map(\.tags) == [[]])
    }

    @Test(arguments: ["describe-instances.json", "nested-lists.json"])
    func `reads what the aws command prints`(_ name: String) throws {
        let snapshot = try Fixture.snapshot(name)
        #expect(snapshot.instances.map { $0.id.suffix(1) } == ["1", "2", "3", "4", "5"])
        #expect(
            snapshot.instances.map(\.tagText) == [
                "Name=web-1 aws:autoscaling:groupName=web cost center=42 env=prod owner=ada",
                "Name=batch name=shadow note=tab\there, \"quotes\", and\na line",
                "Name=batch name=shadow note=tab\there, \"quotes\", and\na line", "", "Name=old-web env=",
            ]
        )
        #expect(snapshot.instances.map(\.isGone) == [false, false, false, false, true])
        #expect(snapshot.instances[0].dnsNames.contains("ip-10-20-1-11.eu-west-1.compute.internal"))
        #expect(snapshot.interfaces.compactMap(\.instance) == snapshot.instances.map(\.id))
    }

    @Test
    func `reads the same tags from describe-tags`() throws {
        let described = try Fixture.snapshot("describe-instances.json")
        let tagged = try Fixture.snapshot("describe-tags.json")
        #expect(tagged.instances.map(\.tagText) == described.instances.map(\.tagText).filter { !$0.isEmpty })
        #expect(tagged.interfaces.map(\.tagText) == ["Name=front door"])
        let both = try Fixture.snapshot("describe-tags.json", "describe-instances.json", "describe-tags.json")
        #expect(both.instances.map(\.tagText) == described.instances.map(\.tagText))
    }

    @Test
    func `reads what PowerShell writes`() throws {
        let snapshot = try Fixture.snapshot("powershell.json")
        let instance = try #require(snapshot.instances.first)
        #expect(instance.tagText == "Name=jump host")
        #expect(instance.state == "running")
        #expect(
            snapshot.interfaces.map { $0.addresses.map(\.description) } == [
                ["10.9.0.7", "198.51.100.7", "10.9.0.8", "2001:db8:1:2::7"]
            ]
        )
    }

    /// Texts read one after the other, and the tags of `i-1` then.
    static let merges: [(texts: [String], tags: String)] = [
        ([instance, #"{"InstanceId": "i-1", "Tags": [{"Key": "env", "Value": "x"}]}"#], "env=x"),
        ([instance, #"{"InstanceId": "i-1", "Tags": []}"#], ""), ([instance, #"{"InstanceId": "i-1"}"#], "Name=web"),
        ([instance, #"{"Key": "env", "ResourceId": "i-1", "Value": "x"}"#], "Name=web env=x"),
        ([#"{"Key": "env", "ResourceId": "i-1", "Value": "x"}"#, instance], "Name=web env=x"),
        ([#"{"Key": "Name", "ResourceId": "i-1", "Value": "x"}"#, instance], "Name=web"),
        ([instance, #"{"Key": "Name", "ResourceId": "i-1", "Value": "x"}"#], "Name=x"),
        ([instance, #"{"Key": "name", "ResourceId": "i-1", "Value": "x"}"#], "Name=web name=x"),
    ]

    @Test(arguments: merges)
    func `lets later descriptions count, and adds listed tags`(_ row: (texts: [String], tags: String)) throws {
        let several = try Fixture.read(row.texts.map { (Array($0.utf8), "x") }).snapshot
        #expect(several.instances.map(\.tagText) == [row.tags])
        let one = try Fixture.snapshot(of: row.texts.joined(separator: "\n"))
        #expect(one.instances.map(\.tagText) == [row.tags])
    }

    @Test
    func `keeps keys apart that differ in their bytes only`() throws {
        let snapshot = try Fixture.snapshot(
            of:
                "{\"InstanceId\": \"i-1\", \"Tags\": [{\"Key\": \"\u{E9}\", \"Value\": \"1\"}, {\"Key\": \"e\u{301}\", \"Value\": \"2\"}]}"
        )
        #expect(snapshot.instances.first?.tags == [Tag("\u{E9}", "1"), Tag("e\u{301}", "2")])
        #expect(snapshot.instances.first?.tags != [Tag("e\u{301}", "1"), Tag("\u{E9}", "2")])
    }

    static let failures: [(text: String, message: String)] = [
        ("  ", "x holds nothing but white space"),
        ("{\"Reservations\": [\n", "x is not valid JSON: a value is missing (line 2, byte 20 of the file)"),
        (#"{"Tags": [}"#, "x is not valid JSON: not a value (line 1, byte 11 of the file)"),
        (
            #"{"Instances": [{"InstanceId": "i-1"}]} trailing"#,
            "x is not valid JSON: not a value (line 1, byte 40 of the file)"
        ),
        ("INSTANCES\ti-1", "x is not JSON: it starts with other text"),
        ("Reservations:\n- a", "x is not JSON: it starts with other text"),
        ("\u{1}\u{2}\u{3}", "x is not JSON: it starts with unknown bytes"),
        (
            #"{"SecurityGroups": [], "Vpcs": []}"#,
            "x holds no instance, network interface or tag, but an object with `SecurityGroups`, `Vpcs`"
        ),
        (#"{"\u001b[31m": 1}"#, "x holds no instance, network interface or tag, but an object with `\\u001b[31m`"),
        ("{}", "x holds no instance, network interface or tag, but an empty object"),
        (#"["i-1", "i-2"]"#, "x holds no instance, network interface or tag, but a text"),
        ("17", "x holds no instance, network interface or tag, but a number or a truth value"),
        (
            #"[{"VpcId": "vpc-1", "Tags": [{"Key": "Name", "Value": "shop"}]}]"#,
            "x holds no instance, network interface or tag, but an object with `VpcId`, `Tags`"
        ),
        ("[null]", "x holds no instance, network interface or tag, but null"),
        (
            #"{"Instances": ["Amazon.EC2.Model.Instance"]}"#,
            "x was cut off by ConvertTo-Json: it holds the name of a type where an object should be"
        ),
        (
            #"{"InstanceId": "i-1", "Tags": ["Amazon.EC2.Model.Tag", "Amazon.EC2.Model.Tag"]}"#,
            "x was cut off by ConvertTo-Json: it holds the name of a type where an object should be"
        ),
        (
            #"{"InstanceId": "i-1", "Tags": "System.Collections.Generic.List`1[Amazon.EC2.Model.Tag]"}"#,
            "x was cut off by ConvertTo-Json: it holds the name of a type where an object should be"
        ),
        (
            String(repeating: "[", count: 9) + "{}",
            "x is not valid JSON: nested too deep for a list of instances (line 1, byte 9 of the file)"
        ),
        (
            String(repeating: "{\"Tags\":", count: 100_000),
            "x is not valid JSON: nested too deep (line 1, byte 2057 of the file)"
        ),
        (
            #"{"AllocationId": "eipalloc-1", "InstanceId": "i-1", "NetworkInterfaceId": "eni-1", "Tags": []}"#,
            "x holds no instance, network interface or tag, but an object with `AllocationId`, `InstanceId`, `NetworkInterfaceId`"
        ),
    ]

    @Test(arguments: failures)
    func `says what is wrong with a file`(_ row: (text: String, message: String)) throws {
        let failure = #expect(throws: Failure.self) { try Fixture.read([(Array(row.text.utf8), "x")]) }
        #expect(failure?.message == row.message)
        #expect(failure?.kind == .badInput)
    }

    @Test
    func `refuses an object that is too long`() throws {
        let long = #"{"InstanceId": "i-1", "x": ""# + String(repeating: "x", count: SnapshotReader.recordLimit) + "\"}"
        let failure = #expect(throws: Failure.self) { try Fixture.snapshot(of: long) }
        #expect(failure?.message.contains("longer than 4 MiB") == true)
    }

    @Test
    func `warns of a file without anything, and fails only when all are such`() throws {
        let groups = (Array(#"{"SecurityGroups": []}"#.utf8), name: "groups.json")
        let (snapshot, warnings) = try Fixture.read([groups, (Array(SnapshotReaderTests.instance.utf8), "i.json")])
        #expect(snapshot.instances.count == 1)
        #expect(warnings.count == 1 && warnings[0].hasPrefix("groups.json holds no instance"))
        #expect(throws: Failure.self) { try Fixture.read([groups, groups]) }
    }

    @Test(arguments: [(19, false), (20, true)])
    func `warns when no instance of many has a tag`(_ count: Int, _ isWarned: Bool) throws {
        let items = (0..<count).map { #"{"InstanceId": "i-\#($0)", "State": {"Name": "running"}}"# }
        let text = #"{"Reservations": [{"Instances": [\#(items.joined(separator: ","))]}]}"#
        #expect(try Fixture.read([(Array(text.utf8), "x")]).warnings.isEmpty != isWarned)
    }
}
