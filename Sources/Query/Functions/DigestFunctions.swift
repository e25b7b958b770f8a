import Columns
import Crypto
import RoadblockCore

/// `md5` and `sha256` of a text's UTF-8 bytes, in lower-case hexadecimal digits.
extension ScalarFunctions {
    static let digests: [String: ScalarFunction] = [
        "md5": { frame, cells, _ in digest(frame, cells[0]) { Insecure.MD5.hash(data: $0).hexadecimal } },
        "sha256": { frame, cells, _ in digest(frame, cells[0]) { SHA256.hash(data: $0).hexadecimal } },
    ]

    private static func digest(_ frame: Frame, _ cell: Cell, _ hash: ([UInt8]) -> [UInt8]) -> Cell {
        guard let text = frame.values.text(cell) else { return .missing }
        return frame.pool.make(hash(Array(text.utf8)))
    }
}
