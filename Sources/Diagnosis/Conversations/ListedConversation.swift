package import Packets

/// A row of the list of conversations, with its verdict.
package struct ListedConversation: Sendable {
    package var row: ConversationRow
    package var verdict: Verdict
}
