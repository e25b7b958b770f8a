// Table: the protocols that Wireshark 4.0 takes ports for, as `tshark -G decodes` lists them.

/// What a port carries, under Wireshark's short names.
///
/// Beside what `tshark -G decodes` lists: `ipp` for HTTP on its port, `rpc` on that of NFS, and `quic`, which are told
/// by what is in the packets.
enum PortNames {
    /// By TCP port.
    static let streams = table(
        """
        5co_legacy 8004 8010; 9p 564; acap 674; acdr 925; agentx 705; ajns 9956; ajp13 8009; amqp 5672; ams 48898; ancp
        6068; aol 5190; ardp 9955; artemis 5445; asap 3863; atmtcp 2812; ax4000 3357; beep 10288; bgp 179; bittorrent
        6881-6889; bzr 4155; c1222 1153; cast 4224; cbsp 48049; cflow 4739; chargen 19; cmp 829; cmpp 7890 7900 7930
        9168; coap 5683; cops 2126 3288 3918; couchbase 11210; cql 9042; cvspserver 2401; daytime 13; db-lsp 17500;
        dhcpfo 647; dhcpv6.bulk_leasequery 547; diameter 3868; dicom 104; distcc 3632; djiuav 2001; dlep 854; dlm3
        21064; dlsw 2065; dnp3 20000; dns 53 5353; dof 3567; doip 13400; dpp 7871; dsi 548; dtps 8567; dtpt 5721; ecatf
        34980; echo 7; ecmp 6160; edonkey 4661-4663; elasticsearch 9300; elcom 5997; enip 44818; enttec 3333; epmd 4369;
        eti 19006 19043 19506 19543; exec 512; ff 1090; finger 79; ftp 21; ftp-data 20; gadu-gadu 8074; gdsdb 3050;
        gearman 4730; gift 1213; git 9418; gnutella 6346; gopher 70; gryphon 7000; gsm_ipa 3002-3003 3006 4222 4249-4250
        5000; gtp 2123 2152; gtpprime 3386; h248 2945; h501 2099; hart_ip 5094; hiqnet 3804; hislip 4880; hl7 2575; http
        80 1900 2710 2869 3128 3132 3689 5985 8080 8088 11371; hzlcst 5701; icap 1344; idmp 1102; iec60870_104 2404; ilp
        7276; imap 143; ipdc 6668; ipdr 4737; ipp 631; ipsictl 5010; irc 6667 57000; isakmp 500; isns 3205; jdwp 9009;
        kafka 9092; kdsp 2502; kerberos 88; kf 473 4058; kip 3671; kismet 2501; knet 2345; kpasswd 464; kt 1978-1979;
        laplink 1547; ldap 389 3268; ldp 646; lisp-tcp 4342; llrp 5084; lnet 988; lpd 515; mbtcp 502; megaco 2944;
        memcache 11211; mgcp 2427 2727; mih 4551; mikey 2269; mpeg_dsmcc 13819; mqtt 1883; mrcpv2 6075 30000-30200; msdp
        639; msmms 1755; msnms 1863; msrp 2855; mysql 3306; nano 7075; nbss 139 445; ncp 524; ndmp 10000; ndps 3014
        3016-3019 3369; netsync 5253; nntp 119; ntp 123; nvme-tcp 4420; omapi 7911; omron 9600; opa.fe 3245-3248; opcua
        4840; openflow 6653; openvpn 1194; opsi 4002; pcep 4189; pcomtcp 20256; pcp 44321; pgsql 5432; pmproxy 44322;
        pop 110; pptp 1723; ptpip 15740; pvfs 3334; r3 2571 8023; reload-framing 6084; resp 6379; rlogin 513; rmi 1099;
        rpc 111 2049; rpkirtr 323; rsh 514; rsip 4555; rsync 873; rtmpt 1935; rtpproxy 22222; rtsp 554 7236 8554;
        s5066sis 5066; sabp 3452; sametime 1533; sasp 3860; scop 17755-17756; sigcomp 5555 6666; sip 5060; sir
        6417; skinny 2000; slsk 2234 2240 5534; smrse 4321; smtp 25 587; smux 199; snmp 161-162; socks 1080; spdy 6121;
        srvloc 427; ssh 22 29418; stun 3478; synergy 24800; synphasor 4712; tacplus 49; tcpcl 4556; tds 1433 2433;
        telnet 23; tfp 4223; tibia 7171-7172; time 37; tivoconnect 2190; tls 324 443 465 636 802 853 993 995 1300 2221
        2443 3249-3252 3496 5061 5671 5684 5868 8883 11207 19999 27017; tns 1521; tpkt 102 3389; tplink-smarthome 9999;
        tpm 2321-2322; tpncp 2424; twamp.control 862; ulp 7275; uma 14001; vicp 1861; vnc 5500-5501 5900-5901; whois 43;
        winsrepl 42; wow 3724; woww 8085; x11 6000-6063; xmcp 4788; xmpp 5222; xot 1998; xti 19042; z3950 210; zebra
        2600;
        """
    )

    /// By UDP port.
    static let datagrams = table(
        """
        5co_legacy 7010; a11 699; a21 23272; acdr 925; actrace 2428; adp 8200; adwin 6543; ajns 9956; amt 2268; aodv
        654; ardp 9955; armagetronad 4533-4534; asap 3863; asterix 8600; ath 45564; auto_rp 496; ax4000 3357; ayiya
        5072; babel 6696; bat 4305; bat.gw 4306; bat.vis 4307; bfd 3784 4784 6784 7784; bfd_echo 3785; bjnp 8611-8614;
        bundle 4556; bvlc 47808; c1222 1153; caneth 11898; capwap 5246; capwap.data 5247; cflow 2055 4739 9996; chargen
        19; cipio 2222; cldap 389; cnip 1628-1629; coap 5683; collectd 25826; componentstatusprotocol 2960;
        corosync_totemnet 5404-5405; cpfi 5001; cpha 8116; cups 631; daytime 13; db-lsp-disc 17500; ddtp 1052; dhcp
        67-68 4011; dhcpv6 546-547; dis 3000; dlep 854; dlsw 2067; dmp 5031; dnp3 20000; dns 53; dof 3567 5567; doip
        13400; dpnet 6073; dtls 853 2221 5684 5868; dvb_ipdc 9214; ecatf 34980; echo 7; ecmp 6160; edonkey 4665 4672;
        egd 18246; elasticsearch 54328; enip 44818; enrp 9901; enttec 3333; eobi 56000-56001 56500-56501 57000-57001
        57032-57033 57500-57501 57532-57533 59000-59001 59032-59033 59500-59501 59532-59533; epl 3819; esio 6060; ff
        1089-1091 3622; find 1001; geneve 6081; glbp 3222; gprs-ns 2157 19999; gre 4754; gsmtap 4729; gtp 2123 2152;
        gtpprime 3386; gvcp 3956; h225 1718-1719; h248 2945; h501 2099; hart_ip 5094; hcrt 47000; hicp 3250; hip 10500;
        hiqnet 3804; hsrp 1985 2029; iapp 2313; iax2 4569; icp 3130; icq 4000; idn 7255; ieee1722 17220; infiniband
        4791; ipvs 8848; ipx 213; isakmp 500; isns 3205; jmirror 30030; kdp 19948; kerberos 88; kf 473 4058; kink 910;
        kip 3671; knet 2345; kpasswd 464; krb4 750; l2tp 1701; laplink 1547; ldp 646; ldss 6087; lisp 4342; lisp-data
        4341; llc 12000-12004; llmnr 5355; lmp 701; ltp 1113; lwapp 12222-12223; lwapp-l3 12220; lwres 921; mactelnet
        20561; manolito 41170; mbudp 502; mdns 5353; megaco 2944; memcache 11211; mgcp 2427 2727; mih 4551; mikey 2269;
        mint 24576-24577; mip 434; mipv6 5436; mle 19788; mndp 5678; mpeg_dsmcc 13819; mpls 6635; mpls-echo 3503; msmms
        1755; msproxy 1745; msrcp 3343; nano 7075; nbdgm 138; nbns 137; ncp 524; njack 5264-5265; ntp 123;
        nxp_802154_sniffer 49999; oicq 8000; olsr 698; omron 9600; opensafety 8755; opensafety_udp 9877; openvpn 1194;
        packetbb 269; papi 8211; pathport 3792; pfcp 8805; pktc 1293; pktc.mtafqdn 2246; pn_rt 34962; pnrp 3540;
        portcontrol 5350-5351; ptp 319-320; pulse 539; quake 26000; quake2 27910; quake3 27950-27953 27960-27963;
        quakeworld 27500; quic 443; radius 1645-1646 1700 1812-1813 3799; raknet 19132; rdpudp 3389; rdt 6970;
        reload-framing 6084; rip 520; ripng 521; rmcp 623; roon_disco 9003; rpc 111 2049; rsip 4555; rsp 664; rsvp 3455;
        rtpproxy 22222; rx 7000-7009 7021; sabp 3452; sap 9875; sbus 5050; scop 17755-17756; sctp 9899; sebek 1101;
        sflow 6343; sigcomp 5555 6666; sip 5060; slimp3 1069 3483; snmp 161-162 8161; srvloc 427; ssdp 1900; ssyncp
        60001; steam_ihs_discovery 27036; stun 3478; synphasor 4713; syslog 514; tacacs 49; tapa 5000; teredo 3544;
        tetra 7074; tftp 69; time 37; tipc 6118; tivoconnect 2190; tpcp 3121; tplink-smarthome 9999; tpncp 2424; ts2
        8767; tsp 525; tzsp 37008; uaudp 32000 32512; udpencap 4500; uftp 1044; ulp 7275; vines_frp 573; vrt 4991;
        vuze-dht 11273; vxlan 4789; vxlan_gpe 4790; wassp 13907 13910; wccp 2048; who 513; wimaxasncp 2231;
        wisun.eapol_relay 10253; wlccp 2887; wsp 2948 9200; wtls 2949 9202-9203; wtp 9201; xdmcp 177; xyplex 173; zep
        17754;
        """
    )

    /// Reads a name, then numbers and ranges, up to a semicolon.
    private static func table(_ text: String) -> [UInt16: String] {
        var names: [UInt16: String] = [:]
        for entry in text.split(separator: ";") {
            let words = entry.split(whereSeparator: { $0 == " " || $0 == "\n" })
            guard let name = words.first.map(String.init) else { continue }
            for word in words.dropFirst() {
                let ends = word.split(separator: "-").compactMap { UInt16($0) }
                guard let first = ends.first, let last = ends.last, first <= last else { continue }
                for port in first...last { names[port] = name }
            }
        }
        return names
    }
}
