/// A field of a protocol above the transport, or of what was put together of several packets.
package enum ApplicationField: UInt8, CaseIterable, Sendable {
    case dns, dnsID, dnsFlags, dnsIsResponse, dnsOpcode, dnsAuthoritative, dnsTruncated, dnsRecursionDesired
    case dnsRecursionAvailable, dnsReserved, dnsAuthenticated, dnsCheckingDisabled, dnsResultCode
    case dnsQueryCount, dnsAnswerCount, dnsAuthorityCount, dnsAdditionalCount
    case dnsQueryName, dnsQueryNameLength, dnsLabelCount, dnsQueryType, dnsQueryClass
    case dnsRecordName, dnsRecordType, dnsRecordClass, dnsRecordTimeToLive, dnsRecordLength
    case dnsA, dnsAAAA, dnsCNAME, dnsNS, dnsPTR, dnsMXName, dnsMXPreference, dnsTXT, dnsTXTLength
    case dnsSRVName, dnsSRVTarget, dnsSRVPort, dnsSRVPriority, dnsSRVWeight
    case dnsSOAPrimary, dnsSOAMailbox, dnsSOASerial, dnsSOAMinimum
    case dnsLength, dnsResponseIn, dnsResponseTo, dnsTime, dnsUnsolicited
    case dnsRetransmission, dnsRepeatedRequest, dnsRepeatedRequestOf, dnsRepeatedResponse, dnsRepeatedResponseOf

    case tls, tlsRecord, tlsContentType, tlsRecordVersion, tlsRecordLength, tlsOpaqueType
    case tlsHandshake, tlsHandshakeType, tlsHandshakeLength, tlsHandshakeVersion, tlsRandom
    case tlsSessionIDLength, tlsSessionID, tlsCipherSuitesLength, tlsCipherSuites, tlsCipherSuite
    case tlsCompressionMethod, tlsExtensionsLength, tlsExtensionType, tlsExtensionLength, tlsExtensionBytes
    case tlsServerName, tlsServerNameLength, tlsServerNameListLength, tlsServerNameType
    case tlsALPN, tlsSupportedVersion, tlsSupportedGroup, tlsKeyShareGroup, tlsSignatureAlgorithm
    case tlsJA3, tlsJA3Full, tlsJA3S, tlsJA3SFull, tlsJA4, tlsJA4Raw
    case tlsCertificates, tlsCertificate, tlsCertificateLength
    case tlsChangeCipherSpec, tlsAlert, tlsAlertLevel, tlsAlertDescription
    case tlsApplicationBytes, tlsApplicationProtocol

    case http, httpIsRequest, httpIsResponse, httpMethod, httpURI, httpPath, httpQuery, httpRequestVersion
    case httpFullURI, httpRequestLine, httpResponseVersion, httpStatus, httpStatusText, httpPhrase, httpResponseLine
    case httpHost, httpUserAgent, httpServer, httpLocation, httpContentType, httpContentLengthText, httpContentLength
    case httpContentEncoding, httpTransferEncoding, httpConnection, httpReferer, httpCookie, httpSetCookie
    case httpAuthorization, httpProxyAuthenticate, httpProxyAuthorization, httpConnectHost, httpConnectPort
    case httpWWWAuthenticate, httpForwardedFor, httpAccept, httpAcceptLanguage, httpAcceptEncoding, httpDate
    case httpLastModified, httpFileBytes, httpTime, httpRequestIn, httpResponseIn, httpPreviousRequest
    case httpNextRequest, httpChat, httpUnknownHeader, httpBadHeader

    case protocolNames

    case tcpSegments, tcpSegment, tcpSegmentCount, tcpSegmentBytes, tcpReassembledIn, tcpReassembledLength
    case tcpReassembledBytes, tcpMessageSize
    /// What is remarkable, by the ordinal of its `ExpertItem`.
    case expertItem

    case ipFragments, ipFragment, ipFragmentCount, ipFragmentOverlap, ipFragmentConflict, ipFragmentTails
    case ipFragmentTooLong, ipFragmentError, ipReassembledIn, ipReassembledLength, ipReassembledBytes
    case ip6Fragments, ip6Fragment, ip6FragmentCount, ip6FragmentOverlap, ip6FragmentConflict, ip6FragmentTails
    case ip6FragmentTooLong, ip6FragmentError, ip6ReassembledIn, ip6ReassembledLength, ip6ReassembledBytes

    /// True for what only the fragments of IP datagrams tell.
    var isOfFragments: Bool { rawValue >= ApplicationField.ipFragments.rawValue }
}

/// A set of fields in four words.
package struct ApplicationFieldSet: Sendable {
    private var words = InlineArray<4, UInt64>(repeating: 0)

    package init() {}

    package init(_ fields: some Sequence<ApplicationField>) {
        for field in fields { insert(field) }
    }

    @inline(__always)
    package func contains(_ field: ApplicationField) -> Bool {
        words[Int(field.rawValue >> 6)] >> UInt64(field.rawValue & 63) & 1 == 1
    }

    package mutating func insert(_ field: ApplicationField) {
        words[Int(field.rawValue >> 6)] |= 1 << UInt64(field.rawValue & 63)
    }

    package mutating func formUnion(_ other: ApplicationFieldSet) {
        for index in 0..<4 { words[index] |= other.words[index] }
    }

    package var isEmpty: Bool { words[0] | words[1] | words[2] | words[3] == 0 }

    /// True when some field is read from what the transport carries.
    package var needsMessages: Bool {
        ApplicationField.allCases.contains { !$0.isOfFragments && contains($0) }
    }
}
