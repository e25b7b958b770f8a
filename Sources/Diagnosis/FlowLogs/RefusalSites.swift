import LogFormats

/// One rule of one device that refused, and what it refused.
struct RefusalSite: Sendable {
    /// The firewall whose log it is; `nil` for flow logs of AWS.
    var firewall: FirewallKind?
    var device: Int32 = 0
    var rule: Int32 = 0
    /// Other rules of the device are counted here too, since there were too many.
    var hasOtherRules = false
    /// How and where it refused, and the reason that it gave, as its newest record has them.
    var refusal = FirewallRecord.Action.unknown
    var interface: Int32 = 0
    var reason: Int32 = 0
    var records: UInt32 = 0
    var packets: UInt32 = 0
    var bytes: UInt32 = 0
    /// The first and the newest record.
    var first = FlowProof()
    var last = FlowProof()

    init() {}

    init(_ record: borrowing FlowRecord, _ start: UInt32, input: Int) {
        firewall = record.firewall
        device = record.device
        rule = record.rule
        refusal = record.refusal
        interface = record.interface
        reason = record.rejectReason
        records = 1
        packets = saturatingSum(0, record.packets)
        bytes = saturatingSum(0, record.bytes)
        first = FlowProof(
            line: UInt32(clamping: record.line),
            time: start,
            input: UInt16(truncatingIfNeeded: input)
        )
        last = first
    }

    /// True for the same device: the one that a firewall's log names, or the interface, where it names none.
    func isSameDevice(_ other: RefusalSite) -> Bool {
        firewall == other.firewall && device == other.device && (device != 0 || interface == other.interface)
    }

    /// True where a record that was accepted is of this device.
    func isDevice(of way: AcceptedWay) -> Bool {
        if device != 0 { return firewall == way.firewall && device == way.device }
        return way.isAccepted(at: interface) && (interface != 0 || firewall == way.firewall)
    }

    /// Adds what another part of the log tells of the same device.
    mutating func merge(_ other: RefusalSite) {
        hasOtherRules = hasOtherRules || other.hasOtherRules || other.rule != rule
        records &+= other.records
        packets = saturatingSum(packets, Int(other.packets))
        bytes = saturatingSum(bytes, Int(other.bytes))
        if other.first < first { first = other.first }
        guard other.last.time >= last.time else {
            if reason == 0 { reason = other.reason }
            return
        }
        last = other.last
        refusal = other.refusal
        interface = other.interface
        if other.reason != 0 { reason = other.reason }
    }

    /// True for the one to name first: the one with most records, then the one that refused first.
    func precedes(_ other: RefusalSite) -> Bool {
        records != other.records ? records > other.records : first < other.first
    }
}

/// The rules of all devices that refused the same, each with its own records.
struct RefusalSites: Sendable {
    /// Rules that are kept apart; of more, some of one device are counted together.
    static let limit = 8

    private var one = RefusalSite()
    /// The rest; mostly there are none.
    private var others: [RefusalSite] = []

    var isEmpty: Bool { one.records == 0 }

    /// Adds a rule's records to those of the same rule of the same device.
    mutating func add(_ site: RefusalSite) {
        if one.records == 0 {
            one = site
        } else if isSame(one, site) {
            one.merge(site)
        } else if let place = others.firstIndex(where: { isSame($0, site) }) {
            others[place].merge(site)
        } else if others.count < Self.limit - 1 || joinRules() {
            others.append(site)
        } else if one.isSameDevice(site) {
            one.merge(site)
        } else if let place = others.firstIndex(where: { $0.isSameDevice(site) }) {
            others[place].merge(site)
        }
        // Of more devices than that, the last ones are not known.
    }

    /// Counts the rarest rule of a device that has several with another of its rules; false where no device has.
    private mutating func joinRules() -> Bool {
        for place in others.indices.sorted(by: { others[$1].precedes(others[$0]) }) {
            let site = others[place]
            if one.isSameDevice(site) {
                others.remove(at: place)
                one.merge(site)
                return true
            }
            if let other = others.indices.first(where: { $0 != place && others[$0].isSameDevice(site) }) {
                others[other].merge(site)
                others.remove(at: place)
                return true
            }
        }
        return false
    }

    mutating func merge(_ more: RefusalSites) {
        guard more.one.records > 0 else { return }
        add(more.one)
        for site in more.others { add(site) }
    }

    private func isSame(_ site: RefusalSite, _ other: RefusalSite) -> Bool {
        site.rule == other.rule && site.isSameDevice(other)
    }

    /// The devices, the one with most records first: each with its most frequent rule, and the records of all its rules.
    var devices: [Device] {
        if others.isEmpty { return isEmpty ? [] : [Device(site: one)] }
        var devices: [Device] = []
        for site in ([one] + others).sorted(by: { $0.precedes($1) }) {
            guard let place = devices.firstIndex(where: { $0.site.isSameDevice(site) }) else {
                devices.append(Device(site: site))
                continue
            }
            devices[place].add(site)
        }
        return devices.sorted { $0.site.precedes($1.site) }
    }

    /// The device to name: the one with most records.
    var main: Device? {
        if isEmpty { return nil }
        return others.isEmpty ? Device(site: one) : devices[0]
    }

    /// True where a device that refused is the one that accepted.
    func contains(deviceOf way: AcceptedWay) -> Bool {
        one.isDevice(of: way) || others.contains { $0.isDevice(of: way) }
    }

    /// True where a firewall's log is among them.
    var haveFirewall: Bool { one.firewall != nil || others.contains { $0.firewall != nil } }

    /// What the device with most records tells, where several refused; `nil` where it was one.
    ///
    /// Several that refuse packets of one five-tuple tell of the same packets, as interfaces do that accept them.
    var counted: RefusalSite? {
        guard !others.isEmpty else { return nil }
        let devices = devices
        return devices.count > 1 ? devices[0].site : nil
    }

    /// A device: its most frequent rule, with the numbers of all of them.
    struct Device: Sendable {
        var site: RefusalSite
        var hasOtherRules: Bool { site.hasOtherRules }

        init(site: RefusalSite) { self.site = site }

        /// Counts another rule of the device; where and how stay those of the first one.
        fileprivate mutating func add(_ other: RefusalSite) {
            site.hasOtherRules = site.hasOtherRules || other.hasOtherRules || other.rule != site.rule
            site.records &+= other.records
            site.packets = saturatingSum(site.packets, Int(other.packets))
            site.bytes = saturatingSum(site.bytes, Int(other.bytes))
            if other.first < site.first { site.first = other.first }
            if other.last.time > site.last.time { site.last = other.last }
        }
    }
}

extension FlowGroup {
    /// Notes where a request was let through that another device refused.
    mutating func notePassage(of way: AcceptedWay) {
        otherInterface = way.interface
        passer = way.firewall
        thirdInterface = way.otherInterface
        otherPasser = way.otherFirewall
    }

    /// Takes over what another group noted of it.
    mutating func notePassage(of other: FlowGroup) {
        otherInterface = other.otherInterface
        passer = other.passer
        thirdInterface = other.thirdInterface
        otherPasser = other.otherPasser
    }

    /// Where a request was let through before it was refused, in words.
    func passages(_ text: (Int32) -> String) -> [String] {
        guard acceptedProof.exists else { return [] }
        let places = [(otherInterface, passer), (thirdInterface, otherPasser)].filter { interface, passer in
            (interface != 0 || passer != nil) && (interface != self.interface || passer != firewall)
        }
        return Set(places.map { DevicePlace.name(text($0.0), $0.1) }).sorted()
    }

    /// Names the device that refused most; rule, place, reason and evidence are its own.
    mutating func nameDevice() {
        guard let device = sites.main else { return }
        let site = device.site
        firewall = site.firewall
        refusal = site.refusal
        rule = site.rule
        self.device = site.device
        interface = site.interface
        reason = site.reason
        (proof, lastProof) = (site.first, site.last)
        if device.hasOtherRules { marks.insert(.manyRules) } else { marks.remove(.manyRules) }
    }
}

/// A device that refused as well, beside the one that is named.
struct OtherRefusal: Sendable {
    let proof: FlowProof
    /// Where, how and by which rule, in words.
    let place: String
    let word: String
    /// `2 log lines, the rule "outside_in"`.
    let detail: String

    init(_ device: RefusalSites.Device, _ text: (Int32) -> String) {
        let site = device.site
        proof = site.first
        place = DevicePlace.name(text(site.interface), site.firewall)
        word = site.firewall == nil || site.refusal == .unknown ? "REJECT" : site.refusal.word
        let rule = text(site.rule)
        detail =
            counted(Int(site.records), site.firewall == nil ? "flow-log record" : "log line")
            + (rule.isEmpty ? "" : ", the rule \"\(rule)\"\(device.hasOtherRules ? " and others" : "")")
    }
}

/// Words for where a record was made.
enum DevicePlace {
    /// `interface eth0 of web-1`, `interface eni-1`, `attachment tgw-attach-1`, or the firewall by its kind.
    static func name(_ place: String, _ firewall: FirewallKind?) -> String {
        guard let firewall else { return place.isEmpty ? "an interface" : "interface \(place)" }
        if place.isEmpty { return "the \(firewall.title)" }
        return firewall == .transitGateway ? "attachment \(place)" : place
    }
}
