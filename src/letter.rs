//! Large and small letters, for comparing names and for initials: those of the scripts that have
//! them, by rule. Unicode's own tables are a tenth of what the browser would have to load, for
//! letters that nobody has in a name.

/// In small letters: what is the same word but for its letters' size is the same text afterwards.
pub fn fold(text: &str) -> String {
    text.chars().map(small).collect()
}

/// The same word in large letters.
pub fn raise(text: &str) -> String {
    text.chars().map(large).collect()
}

fn small(c: char) -> char {
    match c {
        'A'..='Z' | 'À'..='Ö' | 'Ø'..='Þ' | 'Α'..='Ρ' | 'Σ'..='Ϋ' | 'А'..='Я' => moved(c, 32),
        'Ѐ'..='Џ' => moved(c, 80),
        'Ա'..='Ֆ' => moved(c, 48),
        'Ÿ' => 'ÿ',
        'Ά' => 'ά',
        'Έ'..='Ί' => moved(c, 37),
        'Ό' => 'ό',
        'Ύ' | 'Ώ' => moved(c, 63),
        // Turkish and the like: they have no partner beside them.
        'İ' => 'i',
        'ı' | 'ĸ' | 'ŉ' | 'ſ' => c,
        'Ĺ'..='ň' | 'Ź'..='ž' if u32::from(c) % 2 == 1 => moved(c, 1),
        'Ĺ'..='ň' | 'Ź'..='ž' => c,
        'Ā'..='ŷ' | 'Ѡ'..='ҁ' | 'Ҋ'..='ҿ' | 'Ӑ'..='ԯ' | 'Ḁ'..='ẕ' | 'Ạ'..='ỿ' if u32::from(c) % 2 == 0 => {
            moved(c, 1)
        }
        _ => c,
    }
}

fn large(c: char) -> char {
    match c {
        'a'..='z' | 'à'..='ö' | 'ø'..='þ' | 'α'..='ρ' | 'σ'..='ϋ' | 'а'..='я' => moved(c, -32),
        'ѐ'..='џ' => moved(c, -80),
        'ա'..='ֆ' => moved(c, -48),
        'ÿ' => 'Ÿ',
        'ά' => 'Ά',
        'έ'..='ί' => moved(c, -37),
        'ό' => 'Ό',
        'ύ' | 'ώ' => moved(c, -63),
        'ı' => 'I',
        'Ā'..='ỿ' => {
            let before = moved(c, -1);
            if small(before) == c { before } else { c }
        }
        _ => c,
    }
}

fn moved(c: char, by: i32) -> char {
    u32::from(c).checked_add_signed(by).and_then(char::from_u32).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_folded_as_unicode_has_them() {
        for name in [
            "Ada",
            "ÉLODIE",
            "ŁUKASZ",
            "ŽELJKA",
            "ŐRSI",
            "Ńina",
            "Ÿves",
            "ΣΟΦΊΑ",
            "ΈΛΕΝΑ",
            "ИВАН",
            "ЁЛКА",
            "ЂОРЂЕ",
            "ԱՐԱՄ",
            "NGUYỄN",
            "Ðóra",
            "王小明",
            "ÅSA",
        ] {
            assert_eq!(fold(name), name.to_lowercase(), "{name}");
            assert_eq!(raise(&fold(name)), name.to_uppercase(), "{name}");
        }
    }

    #[test]
    fn a_letter_is_never_taken_for_another_one() {
        for c in (0..0x2000).filter_map(char::from_u32) {
            let (ours, theirs) = (small(c), c.to_lowercase().next().unwrap());
            assert!(ours == c || ours == theirs, "{c} {ours} {theirs}");
            let (ours, theirs) = (large(c), c.to_uppercase().next().unwrap());
            assert!(ours == c || ours == theirs, "{c} {ours} {theirs}");
        }
    }
}
