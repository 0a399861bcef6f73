//! Cuts the text of a query into what stands between spaces. Never fails.

use super::ast::Span;

/// What stands between spaces.
#[derive(Debug, PartialEq)]
pub(super) struct Item<'a> {
    /// Behind a minus.
    pub negated: bool,
    /// Where, with the minus.
    pub span: Span,
    pub kind: ItemKind<'a>,
}

#[derive(Debug, PartialEq)]
pub(super) enum ItemKind<'a> {
    Word(&'a str),
    Phrase(Piece),
    /// A field's name before a colon or a comparison.
    Field {
        name: &'a str,
        name_span: Span,
        values: Vec<Piece>,
    },
}

/// What stands in quotes, or between commas.
#[derive(Debug, PartialEq)]
pub(super) struct Piece {
    /// The text; without its quotes.
    pub text: String,
    /// Where, with its quotes.
    pub span: Span,
    /// Whether a quote has no second.
    pub open: bool,
}

/// What stands between spaces. `is_field` knows the names of fields; what else stands before a
/// colon is part of a word.
pub(super) fn items<'a>(text: &'a str, is_field: &dyn Fn(&str) -> bool) -> Vec<Item<'a>> {
    let mut lexer = Lexer { text, at: 0 };
    let mut items = Vec::new();
    loop {
        lexer.skip_while(char::is_whitespace);
        if lexer.rest().is_empty() {
            return items;
        }
        items.push(lexer.item(is_field));
    }
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn next_char(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn skip_while(&mut self, skipped: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let length = rest.find(|c| !skipped(c)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or("")
    }

    fn item(&mut self, is_field: &dyn Fn(&str) -> bool) -> Item<'a> {
        let start = self.at;
        let after_minus = self.rest().strip_prefix('-').and_then(|rest| rest.chars().next());
        let negated = after_minus.is_some_and(|c| !c.is_whitespace());
        if negated {
            self.at += 1;
        }
        let kind = if self.next_char() == Some('"') {
            ItemKind::Phrase(self.quoted())
        } else if let Some((name, values_at)) = self.field(is_field) {
            let name_span = Span::new(self.at, self.at + name.len());
            self.at = values_at;
            ItemKind::Field { name, name_span, values: self.values() }
        } else {
            ItemKind::Word(self.skip_while(|c| !c.is_whitespace() && c != '"'))
        };
        Item { negated, span: Span::new(start, self.at), kind }
    }

    /// The name of a field before a colon or a comparison, and where its values begin.
    fn field(&self, is_field: &dyn Fn(&str) -> bool) -> Option<(&'a str, usize)> {
        let rest = self.rest();
        let length = rest.find(|c: char| !c.is_ascii_alphabetic())?;
        let (name, after) = rest.split_at(length);
        let values_at = self.at + length;
        match after.chars().next()? {
            _ if !is_field(name) => None,
            ':' => Some((name, values_at + 1)),
            '<' | '>' | '=' | '~' => Some((name, values_at)),
            _ => None,
        }
    }

    /// Pieces between commas, up to a space outside of quotes.
    fn values(&mut self) -> Vec<Piece> {
        let mut values = Vec::new();
        loop {
            let start = self.at;
            let mut piece = Piece { text: String::new(), span: Span::default(), open: false };
            loop {
                match self.next_char() {
                    Some('"') => {
                        let quoted = self.quoted();
                        piece.text.push_str(&quoted.text);
                        piece.open |= quoted.open;
                    }
                    Some(c) if c == ',' || c.is_whitespace() => break,
                    None => break,
                    Some(_) => piece
                        .text
                        .push_str(self.skip_while(|c| !c.is_whitespace() && c != ',' && c != '"')),
                }
            }
            piece.span = Span::new(start, self.at);
            values.push(piece);
            if self.next_char() != Some(',') {
                return values;
            }
            self.at += 1;
        }
    }

    /// From a quote to the next; a doubled one stands for itself.
    fn quoted(&mut self) -> Piece {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            text.push_str(self.skip_while(|c| c != '"'));
            let open = self.rest().is_empty();
            let doubled = self.rest().starts_with("\"\"");
            self.at = (self.at + if doubled { 2 } else { 1 }).min(self.text.len());
            if !doubled {
                return Piece { text, span: Span::new(start, self.at), open };
            }
            text.push('"');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<String> {
        let items = items(text, &|name| ["bpm", "key", "in"].contains(&name));
        let shown = |item: &Item<'_>| {
            let minus = if item.negated { "-" } else { "" };
            let kind = match &item.kind {
                ItemKind::Word(word) => (*word).to_owned(),
                ItemKind::Phrase(piece) => format!("[{}]", piece.text),
                ItemKind::Field { name, values, .. } => {
                    let values: Vec<&str> = values.iter().map(|it| it.text.as_str()).collect();
                    format!("{name}={values:?}")
                }
            };
            assert!(text.get(item.span.start..item.span.end).is_some());
            minus.to_owned() + &kind
        };
        items.iter().map(shown).collect()
    }

    #[test]
    fn a_query_is_cut_at_spaces_outside_of_quotes() {
        for (text, expected) in [
            ("", &[][..]),
            ("  \t\u{3000}", &[]),
            ("one two", &["one", "two"]),
            ("-one - --two", &["-one", "-", "--two"]),
            ("\"a b\" -\"c\"", &["[a b]", "-[c]"]),
            ("\"a\"\"b\" \"\"", &["[a\"b]", "[]"]),
            ("\"open", &["[open]"]),
            ("don\"t", &["don", "[t]"]),
            ("bpm:1,2 key:\"F# m\",C", &["bpm=[\"1\", \"2\"]", "key=[\"F# m\", \"C\"]"]),
            ("bpm>120 x>1", &["bpm=[\">120\"]", "x>1"]),
            ("in: 12:30 :x a:\"b\"", &["in=[\"\"]", "12:30", ":x", "a:", "[b]"]),
            ("in:a\"b c\"d,", &["in=[\"ab cd\", \"\"]"]),
            ("\"", &["[]"]),
            ("-\"", &["-[]"]),
        ] {
            assert_eq!(cut(text), expected, "{text:?}");
        }
    }
}
