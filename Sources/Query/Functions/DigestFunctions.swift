import Columns
import Crypto

/// `md5` and `sha256` of a text's UTF-8 bytes, in lower-case hexadecimal digits.
extension ScalarFunctions {
    static let digests: [String: ScalarFunction] = [
        "md5": { frame, cells, _ in digest(frame, cells[0]) { hexadecimal(Insecure.MD5.hash(data: $0)) } },
        "sha256": { frame, cells, _ in digest(frame, cells[0]) { hexadecimal(SHA256.hash(data: $0)) } },
    ]

    private static func digest(_ frame: Frame, _ cell: Cell, _ hash: ([UInt8]) -> [UInt8]) -> Cell {
        guard let text = frame.values.text(cell) else { return .missing }
        return frame.pool.make(hash(Array(text.utf8)))
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }
}
