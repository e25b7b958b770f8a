/// What an envelope says of one event: CloudWatch Logs API Reference, "FilteredLogEvent".
package struct LogEvent: Hashable, Sendable {
    /// Milliseconds since 1970.
    package var timestamp: Int64?
    package var ingestionTime: Int64?
    package var stream: String?
    /// `ACCOUNT:NAME` of the log group.
    package var group: String?

    package init(timestamp: Int64? = nil, ingestionTime: Int64? = nil, stream: String? = nil, group: String? = nil) {
        self.timestamp = timestamp
        self.ingestionTime = ingestionTime
        self.stream = stream
        self.group = group
    }
}
