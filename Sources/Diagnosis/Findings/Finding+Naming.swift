import Names
import RoadblockCore

extension Finding.Endpoint {
    /// The endpoint for people; `nil` where there is no single address and no name.
    ///
    /// `db-1.example (10.0.2.9)` where the host's name is known, else `203.0.113.9 (Example Ltd)` with the owner, or with
    /// what the address alone is set aside for: `169.254.169.254 (EC2 instance metadata)`.
    var text: String? {
        guard let address else { return name }
        if let name { return "\(name) (\(address))" }
        let remark = owner.map(Self.shortened) ?? SpecialRange.serviceName(of: address)
        return remark.map { "\(address) (\($0))" } ?? "\(address)"
    }

    /// Names of owners are as long as somebody liked them.
    private static let remarkLimit = 40

    private static func shortened(_ owner: String) -> String {
        owner.count <= remarkLimit ? owner : owner.prefix(remarkLimit - 1) + "…"
    }
}
