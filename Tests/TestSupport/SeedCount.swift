import Foundation

/// How many seeds a test of random inputs tries: as many as `ROADBLOCK_SEEDS` says, else its own number.
package func seedCount(_ usual: Int) -> Int {
    ProcessInfo.processInfo.environment["ROADBLOCK_SEEDS"].flatMap { Int($0) } ?? usual
}
