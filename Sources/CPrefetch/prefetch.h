// Asks the processor to fetch a cache line that is needed soon; any address will do.
static inline __attribute__((always_inline)) void roadblock_prefetch(const void *address) {
    __builtin_prefetch(address);
}
