/// A checked filter: types fit, names are resolved.
indirect enum Predicate {
    case constant(Bool)
    case or([Predicate])
    case xor([Predicate])
    case and([Predicate])
    case not(Predicate)
    case exists(FieldUse)
    /// The numbers of a field against one number, both masked.
    case word(FieldUse, Relation, Int64, mask: Int64, needsAll: Bool)
    /// The numbers of a field against ranges, both ends included.
    case wordSet(FieldUse, [ClosedRange<Int64>], SetMode)
    case general(GeneralTest)
}
