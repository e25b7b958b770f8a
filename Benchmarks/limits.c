// limits: what two questions about a generated capture cost in C, near the limit: the file is mapped, only what is asked
// for is read, and nothing is checked. Ethernet, IPv4 or IPv6 without options, pcap with the least significant byte first.
//
//   limits flags FILE   how many segments have SYN
//   limits syns FILE    the numbers of the frames whose SYN has the number of an earlier SYN of the same direction
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

static inline u16 load16(const u8 *p) { u16 x; memcpy(&x, p, 2); return x; }
static inline u32 load32(const u8 *p) { u32 x; memcpy(&x, p, 4); return x; }
static inline u64 load64(const u8 *p) { u64 x; memcpy(&x, p, 8); return x; }

static inline u64 mix(u64 a, u64 b) {
    __uint128_t product = (__uint128_t)(a ^ 0x9E3779B97F4A7C15u) * (b ^ 0xBF58476D1CE4E5B9u);
    return (u64)product ^ (u64)(product >> 64);
}

typedef struct { u64 addresses, ports; u32 sequence, isUsed; } Entry;
static Entry *table;
static u64 capacity, used;

static Entry *find(u64 addresses, u64 ports) {
    u64 place = mix(addresses, ports) & (capacity - 1);
    while (table[place].isUsed && (table[place].addresses != addresses || table[place].ports != ports))
        place = (place + 1) & (capacity - 1);
    return &table[place];
}

static void grow(void) {
    Entry *old = table;
    u64 size = capacity;
    capacity = size ? size * 2 : 1 << 16;
    table = calloc(capacity, sizeof *table);
    for (u64 i = 0; i < size; i++)
        if (old[i].isUsed) *find(old[i].addresses, old[i].ports) = old[i];
    free(old);
}

// Prints the number of a frame whose SYN repeats another; t is its TCP header.
static void take(u64 number, const u8 *ip, const u8 *t, int isVersion6) {
    u64 addresses = isVersion6 ? mix(load64(ip + 8), load64(ip + 16)) ^ mix(load64(ip + 32), load64(ip + 24)) : load64(ip + 12);
    u64 ports = load32(t) | (u64)isVersion6 << 32 | (u64)(t[13] & 16) << 33;
    if (used * 2 >= capacity) grow();
    Entry *entry = find(addresses, ports);
    u32 sequence = load32(t + 4);
    if (entry->isUsed && entry->sequence == sequence) {
        printf("%llu\n", (unsigned long long)number);
        return;
    }
    used += !entry->isUsed;
    *entry = (Entry){addresses, ports, sequence, 1};
}

static inline __attribute__((always_inline)) u64 walk(const u8 *file, size_t size, int listsSYNs) {
    u64 number = 0, count = 0;
    for (size_t offset = 24; offset + 16 <= size;) {
        const u8 *frame = file + offset + 16, *ip = frame + 14;
        u32 captured = load32(file + offset + 8);
        __builtin_prefetch(frame + 1024);
        offset += 16 + captured;
        number++;
        u16 type = load16(frame + 12);
        int isVersion6 = type == 0xDD86;
        if (!isVersion6 && type != 0x0008) continue;
        if ((isVersion6 ? ip[6] : ip[9]) != 6 || captured < (isVersion6 ? 74 : 54)) continue;
        const u8 *t = ip + (isVersion6 ? 40 : 20);
        if (!(t[13] & 2)) continue;
        count++;
        if (listsSYNs) take(number, ip, t, isVersion6);
    }
    return count;
}

int main(int argc, char **argv) {
    struct stat status;
    int file = argc == 3 ? open(argv[2], O_RDONLY) : -1;
    if (file < 0 || fstat(file, &status)) return 2;
    const u8 *bytes = mmap(0, status.st_size, PROT_READ, MAP_SHARED, file, 0);
    if (bytes == MAP_FAILED || load32(bytes) != 0xA1B2C3D4) return 2;
    static char output[1 << 20];
    setvbuf(stdout, output, _IOFBF, sizeof output);
    if (!strcmp(argv[1], "syns")) walk(bytes, status.st_size, 1);
    else printf("%llu\n", (unsigned long long)walk(bytes, status.st_size, 0));
    return 0;
}
