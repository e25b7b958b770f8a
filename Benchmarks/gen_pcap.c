// gen_pcap: deterministic synthetic captures (Ethernet, IPv4/IPv6, TCP/UDP/ICMP).
//   gen_pcap --bytes 1000000000 [--snaplen 96|262144] [--ng] [--rate CONV_PER_S] [--seed S] OUT
// Prints the ground truth (packets, SYN retransmissions, unanswered conversations ...) on stderr as JSON.
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
typedef uint64_t u64;
typedef uint32_t u32;
typedef uint16_t u16;
typedef uint8_t u8;
static u64 st;
static inline u64 mix(u64 z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}
static inline u64 nx(void) {
    return mix(st += 0x9E3779B97F4A7C15ULL);
}
static inline u32 below(u32 n) {
    return (u32)(((nx() >> 32) * (u64)n) >> 32);
}
static inline double uni(void) {
    return (double)(nx() >> 11) * 0x1p-53;
}
static inline u64 expo(double mean) {
    return (u64)(-log(1 - uni()) * mean);
}
enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16 };
enum { K_TCP, K_UDP, K_ICMP_UNREACH, K_DNSQ, K_DNSR };
typedef struct {
    u64 t;
    u32 seq, ack;
    u16 len;
    u8 fl, dir, kind, optsyn;
} pk_t;
typedef struct {
    pk_t *p;
    int n, cap, i;
    u32 ip[2];
    u8 ip6[2][16];
    u8 v6;
    u16 port[2];
    u16 id[2];
    u8 ttl;
    u16 win;
    u8 ts;
    u8 mac[2];
} conv_t;
static conv_t *cv;
static int ncv, capcv;
static int *freel;
static int nfree;
typedef struct {
    u64 t;
    int c;
} ev_t;
static ev_t *hp;
static int hn, hcap;
static void hpush(u64 t, int c) {
    if (hn == hcap) {
        hcap = hcap ? hcap * 2 : 1024;
        hp = realloc(hp, hcap * sizeof *hp);
    }
    int i = hn++;
    while (i) {
        int q = (i - 1) / 2;
        if (hp[q].t < t || (hp[q].t == t && hp[q].c <= c))
            break;
        hp[i] = hp[q];
        i = q;
    }
    hp[i] = (ev_t){t, c};
}
static ev_t hpop(void) {
    ev_t r = hp[0];
    ev_t x = hp[--hn];
    int i = 0;
    for (;;) {
        int k = 2 * i + 1;
        if (k >= hn)
            break;
        if (k + 1 < hn && (hp[k + 1].t < hp[k].t || (hp[k + 1].t == hp[k].t && hp[k + 1].c < hp[k].c)))
            k++;
        if (x.t < hp[k].t || (x.t == hp[k].t && x.c <= hp[k].c))
            break;
        hp[i] = hp[k];
        i = k;
    }
    hp[i] = x;
    return r;
}
static struct {
    u64 pkts, tcp, syn, synretx, synackretx, conv, blocked, refused, reuse, retx, ooo, udp, icmp, bytes;
} T;
static void add(conv_t *c, u64 t, int dir, u8 fl, u32 seq, u32 ack, u16 len, u8 kind) {
    if (c->n == c->cap) {
        c->cap = c->cap ? c->cap * 2 : 32;
        c->p = realloc(c->p, c->cap * sizeof *c->p);
    }
    c->p[c->n++] = (pk_t){t, seq, ack, len, fl, (u8)dir, kind, 0};
}
static u32 hostip(void) {
    return (10u << 24) | (below(4) << 16) | (1 + below(2000));
}
static u32 extip(void) {
    u32 r = (u32)exp(uni() * log(300000));
    u64 h = mix(r * 77777ULL + 5);
    u32 a = (u32)(h >> 32);
    return (a & 0x00ffffff) | ((20u + (h & 127)) << 24);
}
// mostly TLS, some plain HTTP, SSH, and ports without a dissector: payload bytes are random, so that
// registered binary protocols would only measure a dissector's handling of malformed data
static const u16 sp[] = {443, 443, 443, 443, 443, 80, 8443, 22, 9443, 10250, 30080, 31000, 7777, 4317, 6443, 2379};
static int cmp(const void *a, const void *b) {
    const pk_t *x = a, *y = b;
    return x->t < y->t ? -1 : x->t > y->t;
}
static u32 scan_ip;
static u16 scan_port;
static int scan_left;
static u64 NOW;
static void build(conv_t *c, u64 t0) {
    c->n = c->i = 0;
    c->v6 = below(100) < 8;
    c->ts = below(10) < 8;
    c->ttl = below(3) ? 64 : 128;
    c->win = below(60000) + 5000;
    c->id[0] = nx();
    c->id[1] = nx();
    c->mac[0] = below(250);
    c->mac[1] = below(250);
    c->ip[0] = below(4) ? hostip() : extip();
    c->ip[1] = below(4) ? hostip() : extip();
    if (c->ip[0] == c->ip[1])
        c->ip[1] ^= 3;
    for (int k = 0; k < 2; k++) {
        u64 h = mix(c->ip[k]);
        memcpy(c->ip6[k], "\x26\x00\x1f\x18", 4);
        memcpy(c->ip6[k] + 4, &h, 8);
        memcpy(c->ip6[k] + 12, &c->ip[k], 4);
    }
    c->port[0] = 32768 + below(28232);
    c->port[1] = sp[below(16)];
    u32 a = (u32)nx(), b = (u32)nx();
    u64 t = t0;
    u32 k = below(1000);
    u64 rtt = 300 + expo(20000);
    T.conv++;
    if (k < 50) { // blocked: unanswered SYN with OS back-off
        T.blocked++;
        int os = below(3);
        static const u64 lin[] = {1000000, 2000000, 4000000, 8000000, 16000000, 32000000},
                         win[] = {1000000, 2000000, 4000000, 8000000},
                         mac[] = {1000000, 1000000, 1000000, 1000000,  1000000,
                                  2000000, 4000000, 8000000, 16000000, 32000000};
        const u64 *bo = os == 0 ? lin : os == 1 ? win : mac;
        int n = os == 0 ? 6 : os == 1 ? 4 : 10;
        if (below(5) == 0)
            n = below(n) + 1;
        add(c, t, 0, SYN, a, 0, 0, K_TCP);
        for (int i = 0; i < n; i++) {
            t += bo[i] + below(4000);
            add(c, t, 0, SYN, a, 0, 0, K_TCP);
            if (below(12) == 0)
                add(c, t + 300, 1, 0, 0, 0, 0, K_ICMP_UNREACH);
        }
        return;
    }
    if (k < 90) { // refused
        T.refused++;
        int n = below(3) == 0 ? 3 : 1;
        for (int i = 0; i < n; i++) {
            add(c, t, 0, SYN, a, 0, 0, K_TCP);
            add(c, t + rtt, 1, RST | ACK, 0, a + 1, 0, K_TCP);
            t += 500000 + rtt + below(3000);
        }
        return;
    }
    if (k < 150) { // scan: one source, many ports
        if (!scan_left) {
            scan_ip = extip();
            scan_left = 20 + below(500);
            scan_port = 1 + below(60000);
        }
        scan_left--;
        c->v6 = 0;
        c->ip[0] = scan_ip;
        c->ip[1] = hostip();
        c->port[0] = 40000 + below(3);
        c->port[1] = scan_port++;
        if (!scan_port)
            scan_port = 1;
        c->ts = 0;
        add(c, t, 0, SYN, a, 0, 0, K_TCP);
        if (below(4) == 0)
            add(c, t + rtt, 1, RST | ACK, 0, a + 1, 0, K_TCP);
        return;
    }
    if (k < 230) {
        c->port[1] = 53;
        add(c, t, 0, 0, 0, 0, 20 + below(40), K_DNSQ);
        u32 q = below(20);
        if (q == 0)
            add(c, t + rtt, 1, 0, 0, 0, 0, K_ICMP_UNREACH);
        else if (q > 1)
            add(c, t + rtt, 1, 0, 0, 0, 60 + below(200), K_DNSR);
        return;
    }
    if (k < 260) {
        c->port[1] = below(2) ? 443 : 123;
        int n = 1 + (int)expo(12);
        for (int i = 0; i < n; i++) {
            add(c, t, below(2), 0, 0, 0, 100 + below(1200), K_UDP);
            t += expo(20000);
        }
        return;
    }
    int mid = k < 275;
    int synlost = k >= 275 && k < 290, salost = k >= 290 && k < 296;
    if (!mid) {
        add(c, t, 0, SYN, a, 0, 0, K_TCP);
        if (synlost) {
            t += 1000000 + below(3000);
            add(c, t, 0, SYN, a, 0, 0, K_TCP);
        }
        add(c, t + rtt / 2, 1, SYN | ACK, b, a + 1, 0, K_TCP);
        if (salost) {
            add(c, t + rtt / 2 + 1000000, 1, SYN | ACK, b, a + 1, 0, K_TCP);
            t += 1000000;
        }
        t += rtt;
    }
    a++;
    b++;
    if (!mid) {
        add(c, t, 0, ACK, a, b, 0, K_TCP);
        t += 50;
    }
    int ex = 1 + (int)expo(1.6);
    for (int e = 0; e < ex; e++) {
        u16 rq = 100 + below(1200);
        add(c, t, 0, ACK | PSH, a, b, rq, K_TCP);
        a += rq;
        t += rtt;
        int n = 1 + (int)(exp(uni() * uni() * 6.2)); // response segments
        int una = 0;
        for (int i = 0; i < n; i++) {
            u16 l = i == n - 1 ? (u16)(60 + below(1380)) : 1448;
            u32 r = below(1000);
            if (r < 4 && i < n - 3) { // loss: later segments -> dup acks -> fast retransmission
                u32 s0 = b;
                u16 l0 = l;
                b += l;
                for (int d = 0; d < 3 && i < n - 1; d++) {
                    i++;
                    add(c, t, 1, ACK, b, a, 1448, K_TCP);
                    b += 1448;
                    t += 12;
                    add(c, t + rtt / 2, 0, ACK, a, s0, 0, K_TCP);
                }
                add(c, t + rtt, 1, ACK, s0, a, l0, K_TCP);
                T.retx++;
                t += rtt + 100;
                add(c, t + rtt / 2, 0, ACK, a, b, 0, K_TCP);
                una = 0;
                continue;
            }
            if (r < 7 && i < n - 2) {
                T.ooo++;
                add(c, t + 40, 1, ACK, b, a, l, K_TCP);
                add(c, t, 1, ACK, b + l, a, 1448, K_TCP);
                b += l + 1448;
                t += 60;
                i++;
                una = 0;
                add(c, t + rtt / 2, 0, ACK, a, b, 0, K_TCP);
                continue;
            }
            if (r < 8) {
                add(c, t, 1, ACK | PSH, b, a, l, K_TCP);
                t += 220000;
                add(c, t, 1, ACK | PSH, b, a, l, K_TCP);
                T.retx++;
                b += l;
                add(c, t + rtt / 2, 0, ACK, a, b, 0, K_TCP);
                una = 0;
                continue;
            }
            add(c, t, 1, i == n - 1 ? ACK | PSH : ACK, b, a, l, K_TCP);
            b += l;
            t += 12 + (below(20) == 0 ? rtt : 0);
            if (++una == 2 || i == n - 1) {
                add(c, t + rtt / 2, 0, ACK, a, b, 0, K_TCP);
                una = 0;
            }
        }
        t += rtt + expo(400000);
    }
    u32 fk = below(20);
    if (fk < 15) {
        add(c, t, 0, FIN | ACK, a, b, 0, K_TCP);
        add(c, t + rtt / 2, 1, FIN | ACK, b, a + 1, 0, K_TCP);
        add(c, t + rtt, 0, ACK, a + 1, b + 1, 0, K_TCP);
    } else if (fk < 18)
        add(c, t, 0, RST | ACK, a, b, 0, K_TCP);
    qsort(c->p, c->n, sizeof *c->p, cmp);
}
static u8 rnd[65536];
static FILE *fo;
static u64 written;
static u32 snap = 96;
static int ng;
static inline void p16(u8 *p, u32 v) {
    p[0] = v >> 8;
    p[1] = v;
}
static inline void p32(u8 *p, u32 v) {
    p[0] = v >> 24;
    p[1] = v >> 16;
    p[2] = v >> 8;
    p[3] = v;
}
static u32 csum(u8 *p, int n) {
    u32 s = 0;
    for (int i = 0; i < n; i += 2)
        s += (p[i] << 8) | p[i + 1];
    while (s >> 16)
        s = (s & 0xffff) + (s >> 16);
    return ~s & 0xffff;
}
static int ipv(conv_t *c, u8 *f, int dir, int proto, int plen) { // eth+ip, returns header length
    memset(f, 0, 14);
    f[0] = 2;
    f[5] = c->mac[!dir];
    f[6] = 2;
    f[11] = c->mac[dir];
    if (!c->v6 || proto == 1) {
        p16(f + 12, 0x0800);
        u8 *h = f + 14;
        memset(h, 0, 20);
        h[0] = 0x45;
        p16(h + 2, 20 + plen);
        p16(h + 4, c->id[dir]++);
        h[6] = 0x40;
        h[8] = c->ttl;
        h[9] = proto;
        p32(h + 12, c->ip[dir]);
        p32(h + 16, c->ip[!dir]);
        p16(h + 10, csum(h, 20));
        return 34;
    }
    p16(f + 12, 0x86dd);
    u8 *h = f + 14;
    memset(h, 0, 40);
    h[0] = 0x60;
    p16(h + 4, plen);
    h[6] = proto;
    h[7] = c->ttl;
    memcpy(h + 8, c->ip6[dir], 16);
    memcpy(h + 24, c->ip6[!dir], 16);
    return 54;
}
static void emit(conv_t *c, pk_t *p) {
    static u8 f[2048];
    int hl, l;
    T.pkts++;
    if (p->kind == K_TCP) {
        T.tcp++;
        int ol = (p->fl & SYN) ? (c->ts ? 20 : 8) : ((c->ts && !(p->fl & RST)) ? 12 : 0);
        int pay = p->len;
        hl = ipv(c, f, p->dir, 6, 20 + ol + pay);
        u8 *h = f + hl;
        memset(h, 0, 20 + ol);
        p16(h, c->port[p->dir]);
        p16(h + 2, c->port[!p->dir]);
        p32(h + 4, p->seq);
        if (p->fl & ACK)
            p32(h + 8, p->ack);
        h[12] = ((20 + ol) / 4) << 4;
        h[13] = p->fl;
        p16(h + 14, c->win);
        p16(h + 16, 0xffff & (p->seq * 31));
        u8 *o = h + 20;
        if (p->fl & SYN) {
            static const u8 so[20] = {2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 3, 7},
                            sm[8] = {2, 4, 5, 0xb4, 1, 1, 4, 2};
            memcpy(o, c->ts ? so : sm, ol);
            if (c->ts)
                p32(o + 8, (u32)(p->t / 1000));
        } else if (ol) {
            o[0] = o[1] = 1;
            o[2] = 8;
            o[3] = 10;
            p32(o + 4, (u32)(p->t / 1000));
            p32(o + 8, (u32)(p->t / 1000) - 1);
        }
        l = hl + 20 + ol;
        if (pay) {
            memcpy(f + l, rnd + ((p->seq * 7) & 32767), pay);
            u16 svc = c->port[1];
            if (svc == 80 && (p->fl & PSH) && !p->dir && pay > 60) {
                static const char rq[] = "GET /index.html HTTP/1.1\r\nHost: www.example.com\r\nCookie: ";
                memset(f + l, 'c', pay);
                memcpy(f + l, rq, sizeof rq - 1);
                memcpy(f + l + pay - 4, "\r\n\r\n", 4);
            }
            if (svc == 443 || svc == 8443) {
                if (pay > 5) {
                    f[l] = 0x17;
                    f[l + 1] = 3;
                    f[l + 2] = 3;
                    p16(f + l + 3, pay - 5);
                }
            }
            l += pay;
        }
    } else if (p->kind == K_ICMP_UNREACH) {
        T.icmp++;
        int v = c->v6;
        c->v6 = 0;
        hl = ipv(c, f, p->dir, 1, 8 + 28);
        u8 *h = f + hl;
        memset(h, 0, 36);
        h[0] = 3;
        h[1] = 13;
        u8 t[64];
        ipv(c, t, !p->dir, c->port[1] == 53 ? 17 : 6, 40);
        memcpy(h + 8, t + 14, 20);
        p16(h + 28, c->port[!p->dir]);
        p16(h + 30, c->port[p->dir]);
        p16(h + 2, csum(h, 36));
        c->v6 = v;
        l = hl + 36;
    } else {
        T.udp++;
        hl = ipv(c, f, p->dir, 17, 8 + p->len);
        u8 *h = f + hl;
        p16(h, c->port[p->dir]);
        p16(h + 2, c->port[!p->dir]);
        p16(h + 4, 8 + p->len);
        p16(h + 6, 0);
        memcpy(h + 8, rnd + (p->t & 32767), p->len);
        if (p->kind != K_UDP) {
            u8 *d = h + 8;
            memset(d, 0, p->len);
            p16(d, c->port[0]);
            p16(d + 2, p->kind == K_DNSQ ? 0x0100 : 0x8180);
            p16(d + 4, 1);
            d[12] = p->len - 18 - 0;
            if (d[12] > 60)
                d[12] = 60;
            memset(d + 13, 'a', d[12]);
            u8 *e = d + 13 + d[12];
            if (e + 5 <= d + p->len) {
                e[0] = 0;
                e[2] = 1;
                e[4] = 1;
            }
        }
        l = hl + 8 + p->len;
    }
    u32 cl = (u32)l < snap ? (u32)l : snap;
    u64 tt = p->t + 1763769600ULL * 1000000;
    if (!ng) {
        u32 r[4] = {(u32)(tt / 1000000), (u32)(tt % 1000000), cl, (u32)l};
        fwrite(r, 16, 1, fo);
        fwrite(f, cl, 1, fo);
        written += 16 + cl;
    } else {
        u32 pad = (4 - (cl & 3)) & 3, tot = 32 + cl + pad;
        u32 r[7] = {6, tot, 0, (u32)(tt >> 32), (u32)tt, cl, (u32)l};
        fwrite(r, 28, 1, fo);
        fwrite(f, cl, 1, fo);
        u32 z = 0;
        fwrite(&z, pad, 1, fo);
        fwrite(&tot, 4, 1, fo);
        written += tot;
    }
    if (p->kind == K_TCP && (p->fl & SYN)) {
        T.syn++;
    }
}
int main(int n, char **v) {
    u64 bytes = 100000000, seed = 7;
    double rate = 900;
    const char *out = 0;
    for (int i = 1; i < n; i++) {
        if (!strcmp(v[i], "--bytes"))
            bytes = strtoull(v[++i], 0, 10);
        else if (!strcmp(v[i], "--snaplen"))
            snap = atoi(v[++i]);
        else if (!strcmp(v[i], "--ng"))
            ng = 1;
        else if (!strcmp(v[i], "--rate"))
            rate = atof(v[++i]);
        else if (!strcmp(v[i], "--seed"))
            seed = strtoull(v[++i], 0, 10);
        else
            out = v[i];
    }
    if (!out)
        return 2;
    st = mix(seed);
    for (size_t i = 0; i < sizeof rnd; i++)
        rnd[i] = (u8)(nx() >> 24);
    fo = fopen(out, "wb");
    setvbuf(fo, 0, _IOFBF, 4 << 20);
    if (!ng) {
        u32 h[6] = {0xa1b2c3d4, 0x00040002, 0, 0, snap, 1};
        fwrite(h, 24, 1, fo);
        written = 24;
    } else {
        u32 s[7] = {0x0a0d0d0a, 28, 0x1a2b3c4d, 1, 0xffffffff, 0xffffffff, 28};
        fwrite(s, 28, 1, fo);
        u32 d[5] = {1, 20, 1, snap, 20};
        fwrite(d, 20, 1, fo);
        written = 48;
    }
    u64 next = 0;
    while (written < bytes) {
        if (hn == 0 || next <= hp[0].t) {
            int id;
            if (nfree)
                id = freel[--nfree];
            else {
                if (ncv == capcv) {
                    capcv = capcv ? capcv * 2 : 1024;
                    cv = realloc(cv, capcv * sizeof *cv);
                    freel = realloc(freel, capcv * sizeof *freel);
                    memset(cv + ncv, 0, (capcv - ncv) * sizeof *cv);
                }
                id = ncv++;
            }
            build(&cv[id], next);
            hpush(cv[id].p[0].t, id);
            next += 1 + expo(1e6 / rate);
            continue;
        }
        ev_t e = hpop();
        conv_t *c = &cv[e.c];
        pk_t *p = &c->p[c->i];
        if (p->kind == K_TCP && (p->fl & SYN)) {
            for (int j = c->i - 1; j >= 0 && j >= c->i - 24; j--)
                if (c->p[j].kind == K_TCP && c->p[j].dir == p->dir && (c->p[j].fl & SYN) && c->p[j].seq == p->seq) {
                    if (p->fl & ACK)
                        T.synackretx++;
                    else
                        T.synretx++;
                    break;
                }
        }
        emit(c, p);
        if (++c->i < c->n)
            hpush(c->p[c->i].t, e.c);
        else
            freel[nfree++] = e.c;
        NOW = e.t;
    }
    fclose(fo);
    fprintf(stderr,
            "{\"file\":\"%s\",\"bytes\":%llu,\"packets\":%llu,\"tcp\":%llu,\"udp\":%llu,\"icmp\":%llu,\"syn\":%llu,"
            "\"syn_retx\":%llu,\"synack_retx\":%llu,\"conversations_started\":%llu,\"blocked\":%llu,\"refused\":%llu,"
            "\"data_retx\":%llu,\"ooo\":%llu,\"seconds\":%.1f,\"peak_active\":%d}\n",
            out, (unsigned long long)written, (unsigned long long)T.pkts, (unsigned long long)T.tcp,
            (unsigned long long)T.udp, (unsigned long long)T.icmp, (unsigned long long)T.syn,
            (unsigned long long)T.synretx, (unsigned long long)T.synackretx, (unsigned long long)T.conv,
            (unsigned long long)T.blocked, (unsigned long long)T.refused, (unsigned long long)T.retx,
            (unsigned long long)T.ooo, NOW / 1e6, ncv);
    return 0;
}
