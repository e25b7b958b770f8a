import Columns

/// Conditions on fields that have several values in a row.
extension NodeBuilder {
    /// Values of a second field of one test, which are tried with each of the first.
    private static let pairLimit = 64

    /// A test of operands, which `make` builds: with their negation, or without where that is applied here.
    ///
    /// Where rows may have several values of a field, it holds when it does for any of them, negated when it does for none.
    func test(
        _ operands: [ExpressionSyntax],
        isNegated: Bool,
        _ make: (NodeBuilder, _ isNegated: Bool) throws(QueryError) -> Node
    ) throws(QueryError) -> Node {
        var fields: [Int] = []
        if scope.table?.hasSeveral ?? false {
            for operand in operands { try addFields(of: operand, to: &fields) }
        }
        guard !fields.isEmpty else { return try make(self, isNegated) }
        var inner = self
        for field in fields { inner.values[field] = ValueNode(field) }
        var node = try make(inner, false)
        for (index, field) in fields.enumerated().reversed() {
            guard let value = inner.values[field] else { continue }
            let limit = index == 0 ? .max : Self.pairLimit
            node = AnyValueNode(value, node, isNegated: isNegated && index == 0, limit: limit)
        }
        return node
    }

    /// The fields of the rows that a test's operand is made of, those of tests inside of it left out.
    private func addFields(of expression: ExpressionSyntax, to fields: inout [Int]) throws(QueryError) {
        switch expression {
        case .field(let name):
            guard let node = try scope.node(name) as? FieldNode, values[node.field] == nil else { return }
            if !fields.contains(node.field) { fields.append(node.field) }
        case .unary(.negate, let operand, _): try addFields(of: operand, to: &fields)
        case .binary(let op, let left, let right, _) where op.isArithmetic:
            try addFields(of: left, to: &fields)
            try addFields(of: right, to: &fields)
        case .call(let name, let arguments, _, _) where !FunctionCatalogue.isTest(name.name):
            for argument in arguments { try addFields(of: argument, to: &fields) }
        default: return
        }
    }
}

extension BinaryOperator {
    fileprivate var isArithmetic: Bool {
        switch self {
        case .add, .subtract, .multiply, .divide, .remainder, .power: true
        default: false
        }
    }
}
