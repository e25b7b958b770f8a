// Invariant: `words` addresses `mask + 1` initialized words, a power of two of them, from `make` until `deinit`; every
// place is masked before it is used, and `shift` leaves no more than `mask`. `pending` addresses `pendingLimit` words,
// of which the first `pendingCount` are initialized.

import CPrefetch

/// What was seen of many conversations, a word each: open addressing, told apart by 41 bits of a hash.
///
/// Conversations that share these bits are taken for one.
@safe
struct ConversationMarks: ~Copyable {
    /// What is known of a conversation beside the bits of its hash.
    struct Word {
        fileprivate(set) var bits: UInt64

        /// True where there is such a conversation.
        var isKnown: Bool { bits != 0 }
        /// True once the lower or the upper end has sent something, other than SYN.
        var lowerSent: Bool { bits & 1 != 0 }
        var upperSent: Bool { bits & 2 != 0 }
        var isWanted: Bool { bits & Self.wanted != 0 }

        /// What the owner keeps of the conversation: a number from 1 to `ownLimit`, 0 for nothing.
        var own: Int {
            get { Int(truncatingIfNeeded: bits >> 2 & 0xF_FFFF) }
            set { bits = bits & ~(0xF_FFFF << 2) | UInt64(truncatingIfNeeded: newValue & 0xF_FFFF) << 2 }
        }

        /// Asks for the conversation.
        mutating func want() { bits |= Self.wanted }

        /// Forgets what was sent.
        mutating func forgetSent() { bits &= ~3 }

        fileprivate static let wanted: UInt64 = 1 << 22
        fileprivate static let hash: UInt64 = ~0 << 23
    }

    static let ownLimit = 0xF_FFFF

    private var words: UnsafeMutablePointer<UInt64>
    private var mask: Int
    /// Takes a hash to its place.
    private var shift: UInt64
    private var count = 0
    /// What was sent and is not yet noted: hashes, with who sent in the lowest bit.
    ///
    /// Until it is noted, the processor fetches the words.
    private let pending: UnsafeMutablePointer<UInt64>
    private var pendingCount = 0
    /// True once a conversation found no place: what is not known may then have been seen all the same.
    private(set) var isFull = false

    /// Most words: 32 MB.
    private static let sizeLimit = 1 << 22
    /// Words that are looked at for one conversation at most, however the addresses were chosen.
    private static let stepLimit = 512
    private static let pendingLimit = 16

    static func make(size: Int = 1 << 12) -> ConversationMarks {
        unsafe ConversationMarks(words: emptyWords(size), mask: size - 1, shift: UInt64(1 + size.leadingZeroBitCount))
    }

    private init(words: UnsafeMutablePointer<UInt64>, mask: Int, shift: UInt64) {
        unsafe self.words = words
        unsafe pending = .allocate(capacity: Self.pendingLimit)
        self.mask = mask
        self.shift = shift
    }

    deinit {
        unsafe words.deallocate()
        unsafe pending.deallocate()
    }

    private static func emptyWords(_ size: Int) -> UnsafeMutablePointer<UInt64> {
        let words = unsafe LargePages.allocate(UInt64.self, count: size)
        unsafe words.initialize(repeating: 0, count: size)
        return unsafe words
    }

    /// Notes that an end of a conversation has sent something other than SYN; `settle` does so at the latest.
    @inline(__always)
    mutating func noteSent(_ hash: UInt64, byLower: Bool) {
        expect(hash)
        unsafe pending[pendingCount] = hash & ~1 | (byLower ? 1 : 0)
        pendingCount &+= 1
        if pendingCount == Self.pendingLimit { settle() }
    }

    /// Lets the processor fetch the word of a conversation that is asked for soon.
    @inline(__always)
    func expect(_ hash: UInt64) { unsafe roadblock_prefetch(words + Int(truncatingIfNeeded: hash >> shift)) }

    /// Notes all that was sent so far.
    @inline(never)
    mutating func settle() {
        for index in 0..<pendingCount {
            let hash = unsafe pending[index]
            let place = place(of: hash)
            let bit: UInt64 = hash & 1 != 0 ? 1 : 2
            let word = unsafe words[place]
            if (word ^ hash) & Word.hash == 0, word & bit != 0 { continue }
            set(place, hash, Word(bits: word == 0 ? bit : word | bit))
        }
        pendingCount = 0
    }

    /// What is known of a conversation, once everything is settled.
    @inline(__always)
    func word(_ hash: UInt64) -> Word {
        let word = unsafe words[place(of: hash)]
        return Word(bits: (word ^ hash) & Word.hash == 0 ? word : 0)
    }

    /// Replaces what is known of a conversation.
    mutating func set(_ hash: UInt64, _ word: Word) { set(place(of: hash), hash, word) }

    /// Where a conversation is, or where it would be put; where it cannot be put, the place of another one.
    @inline(__always)
    private func place(of hash: UInt64) -> Int {
        var place = Int(truncatingIfNeeded: hash >> shift)
        var word = unsafe words[place]
        if word == 0 || (word ^ hash) & Word.hash == 0 { return place }
        var steps = 0
        repeat {
            place = (place &+ 1) & mask
            word = unsafe words[place]
            steps &+= 1
        } while word != 0 && (word ^ hash) & Word.hash != 0 && steps < Self.stepLimit
        return place
    }

    private mutating func set(_ place: Int, _ hash: UInt64, _ new: Word) {
        let old = unsafe words[place]
        if old == 0 {
            if count >= (mask + 1) / 2 {
                guard grow() else { return isFull = true }
                return set(self.place(of: hash), hash, new)
            }
            count &+= 1
        } else if (old ^ hash) & Word.hash != 0 {
            return isFull = true
        }
        unsafe words[place] = hash & Word.hash | new.bits & ~Word.hash
    }

    /// Doubles the table; false where it may not grow.
    private mutating func grow() -> Bool {
        guard mask + 1 < Self.sizeLimit else { return false }
        let (old, oldSize) = unsafe (words, mask + 1)
        mask = oldSize * 2 - 1
        shift -= 1
        unsafe words = Self.emptyWords(oldSize * 2)
        for index in 0..<oldSize {
            let word = unsafe old[index]
            guard word != 0 else { continue }
            let place = place(of: word)
            if unsafe words[place] == 0 { unsafe words[place] = word } else { isFull = true }
        }
        unsafe old.deallocate()
        return true
    }

    /// The conversations that were asked for, alone.
    func wanted() -> ConversationMarks {
        var wanted = ConversationMarks.make(size: 1 << 8)
        for index in 0...mask {
            let word = unsafe words[index]
            if word & Word.wanted != 0 { wanted.set(word & Word.hash, Word(bits: word)) }
        }
        return wanted
    }
}
