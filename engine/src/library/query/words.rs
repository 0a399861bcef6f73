//! What counts as a word of a query.

/// Whether there is anything in it that a word index can find.
pub(super) fn has_word(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}
