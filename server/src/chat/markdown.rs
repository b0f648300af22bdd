//! What people write becomes what is shown: a subset of Markdown, and one sanitiser for all of it.

use std::{collections::HashMap, sync::LazyLock};

use ammonia::Builder;
use focushive::text::{Body, Handle};
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html::push_html};

/// Only these come out, whatever went in.
static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::empty();
    builder
        .tags(["p", "br", "strong", "em", "del", "code", "pre", "blockquote", "ul", "ol", "li", "a", "span"].into())
        .tag_attributes(HashMap::from([("a", ["href"].into()), ("ol", ["start"].into())]))
        .allowed_classes(HashMap::from([("span", ["mention"].into())]))
        .url_schemes(["http", "https", "mailto"].into())
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer nofollow ugc"))
        .set_tag_attribute_value("a", "target", "_blank");
    builder
});

/// The message as it is shown. `mentioned` says which handles are people's.
pub fn render(body: &Body, mentioned: &[Handle]) -> String {
    // Most of what is said in a room is a plain line, and a sanitiser takes longer than all the rest.
    if is_plain(body.as_str()) { format!("<p>{body}</p>") } else { render_all(body, mentioned) }
}

/// One line that begins with a letter, of which no character means anything to Markdown or HTML.
fn is_plain(text: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || " .,;:?!'\"()-".contains(c);
    text.starts_with(char::is_alphabetic) && !text.ends_with(' ') && text.chars().all(plain)
}

fn render_all(body: &Body, mentioned: &[Handle]) -> String {
    let mut writer = Writer { mentioned, plain: 0 };
    let events = Parser::new_ext(body.as_str(), Options::ENABLE_STRIKETHROUGH);
    let shown: Vec<Event<'_>> = events.flat_map(|event| writer.show(event)).collect();
    let mut html = String::new();
    push_html(&mut html, shown.into_iter());
    CLEANER.clean(&html).to_string().trim_end().to_owned()
}

/// The handles a message names, each once.
pub fn handles(body: &Body) -> Vec<Handle> {
    let mut found: Vec<Handle> = Vec::new();
    for word in body.as_str().split(|c: char| c.is_whitespace() || "(),;:!?\"'*_~<>[]".contains(c)) {
        let named =
            word.strip_prefix('@').map(|name| name.trim_end_matches('.')).and_then(|name| Handle::parse(name).ok());
        found.extend(named.filter(|handle| !found.contains(handle)));
    }
    found
}

struct Writer<'a> {
    mentioned: &'a [Handle],
    /// Within code and links, words are only words.
    plain: usize,
}

impl Writer<'_> {
    fn show<'e>(&mut self, event: Event<'e>) -> Vec<Event<'e>> {
        match event {
            // What looks like HTML is text, and a heading is a strong line.
            Event::Html(text) | Event::InlineHtml(text) => vec![Event::Text(text)],
            Event::Start(Tag::HtmlBlock) => vec![Event::Start(Tag::Paragraph)],
            Event::End(TagEnd::HtmlBlock) => vec![Event::End(TagEnd::Paragraph)],
            Event::Start(Tag::Heading { .. }) => vec![Event::Start(Tag::Paragraph), Event::Start(Tag::Strong)],
            Event::End(TagEnd::Heading(_)) => vec![Event::End(TagEnd::Strong), Event::End(TagEnd::Paragraph)],
            // A picture would tell its server who read this: it is a link instead.
            Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
                self.plain += 1;
                vec![Event::Start(Tag::Link { link_type, dest_url, title, id })]
            }
            Event::End(TagEnd::Image) => {
                self.plain = self.plain.saturating_sub(1);
                vec![Event::End(TagEnd::Link)]
            }
            Event::Start(tag @ (Tag::CodeBlock(_) | Tag::Link { .. })) => {
                self.plain += 1;
                vec![Event::Start(tag)]
            }
            Event::End(end @ (TagEnd::CodeBlock | TagEnd::Link)) => {
                self.plain = self.plain.saturating_sub(1);
                vec![Event::End(end)]
            }
            Event::SoftBreak => vec![Event::HardBreak],
            Event::Rule => vec![Event::Start(Tag::Paragraph), Event::Text("—".into()), Event::End(TagEnd::Paragraph)],
            Event::Text(text) if self.plain == 0 => self.words(&text),
            other => vec![other],
        }
    }

    /// Addresses become links, and names of people stand out.
    fn words<'e>(&self, text: &str) -> Vec<Event<'e>> {
        let mut shown = Vec::new();
        for part in text.split_inclusive(char::is_whitespace) {
            let word = part.trim_end();
            let space = part.get(word.len()..).unwrap_or_default();
            let start = word.find(|c: char| !"(\"'[".contains(c)).unwrap_or(0);
            let (before, rest) = word.split_at(start);
            let core = rest.trim_end_matches([')', '"', '\'', ']', ',', '.', ';', ':', '!', '?']);
            let after = rest.get(core.len()..).unwrap_or_default();
            match self.special(core) {
                Some(html) => {
                    shown.push(text_of(before));
                    shown.push(Event::InlineHtml(html.into()));
                    shown.push(text_of(&format!("{after}{space}")));
                }
                None => shown.push(text_of(part)),
            }
        }
        shown
    }

    fn special(&self, word: &str) -> Option<String> {
        if word.starts_with("https://") || word.starts_with("http://") {
            let safe = escape(word);
            return Some(format!("<a href=\"{safe}\">{safe}</a>"));
        }
        let handle = Handle::parse(word.strip_prefix('@')?).ok()?;
        let known = matches!(handle.as_str(), "hive" | "here") || self.mentioned.contains(&handle);
        known.then(|| format!("<span class=\"mention\">@{handle}</span>"))
    }
}

fn text_of<'e>(text: &str) -> Event<'e> {
    Event::Text(CowStr::from(text.to_owned()))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str) -> String {
        render(&Body::parse(text).unwrap(), &[Handle::parse("bob").unwrap()])
    }

    #[test]
    fn the_subset_is_shown() {
        assert_eq!(shown("**a** *b* ~~c~~ `d`"), "<p><strong>a</strong> <em>b</em> <del>c</del> <code>d</code></p>");
        assert_eq!(shown("one\ntwo"), "<p>one<br>\ntwo</p>");
        assert_eq!(shown("> said"), "<blockquote>\n<p>said</p>\n</blockquote>");
        assert_eq!(shown("```rust\nlet x = \"<b>\";\n```"), "<pre><code>let x = \"&lt;b&gt;\";\n</code></pre>");
        assert_eq!(shown("# big"), "<p><strong>big</strong></p>");
    }

    #[test]
    fn addresses_are_links_that_lead_out_and_say_so() {
        let link = r#"<a href="https://example.org/a_b" target="_blank" rel="noopener noreferrer nofollow ugc">https://example.org/a_b</a>"#;
        assert_eq!(shown("see https://example.org/a_b."), format!("<p>see {link}.</p>"));
        assert!(shown("![x](https://example.org/x.png)").starts_with("<p><a href="));
    }

    #[test]
    fn people_who_are_there_stand_out() {
        assert_eq!(shown("hi @Bob, @carl"), "<p>hi <span class=\"mention\">@bob</span>, @carl</p>");
        assert_eq!(shown("`@bob`"), "<p><code>@bob</code></p>");
        let body = Body::parse("(@ada) @bob @bob. x@y.z @").unwrap();
        assert_eq!(handles(&body).iter().map(Handle::as_str).collect::<Vec<_>>(), ["ada", "bob"]);
    }

    /// What people have tried against sites like this one; the doors are tried with it too.
    fn corpus() -> impl Iterator<Item = &'static str> {
        include_str!("../../tests/hostile.txt").trim_end().split("\n%\n")
    }

    /// Pieces that mean something to Markdown or to a browser, each harmless alone.
    const PIECES: &str = "< > / ! & \" ' ` ``` ~~~ * ** _ ~~ # - + 1. | [ ] ( ) ]( [x]: ![ <!-- --> <![CDATA[ ]]> <? \
        &lt; &#60; &#x3c; &colon; &Tab; javascript: jAvAsCrIpT: data: vbscript: https:// http://x mailto:a@b // \
        href= onload= style= src= class= <a <p <img <span <svg <style <script </p> </a> </span> </blockquote> @bob @here \
        \u{0} \u{a0} \u{202e} \u{feff} é 名 👍🏽 alert(1) x";

    fn text() -> impl Strategy<Value = String> {
        let pieces: Vec<&'static str> =
            PIECES.split(' ').chain([" ", "  ", "\n", "\n\n", "\t", "\\", "    "]).collect();
        let piece = prop_oneof![6 => proptest::sample::select(pieces), 1 => proptest::sample::select(corpus().collect::<Vec<_>>())];
        let pieces = proptest::collection::vec((piece, 1..4usize), 1..400);
        pieces.prop_map(|pieces| {
            let text: String = pieces.into_iter().map(|(piece, times)| piece.repeat(times)).collect();
            text.chars().take(2_000).collect()
        })
    }

    /// Everything that a page may be told to show, read strictly: the first thing that is not as it
    /// must be is named.
    fn harmless(html: &str) -> Result<(), String> {
        let (mut open, mut rest): (Vec<&str>, &str) = (Vec::new(), html);
        while let Some((text, tag)) = rest.split_once('<') {
            is_text(text)?;
            let end = tag.find([' ', '>']).ok_or("a tag without an end")?;
            let (name, attributes) = tag.split_at(end);
            match name.strip_prefix('/') {
                Some(name) if open.pop() == Some(name) => {}
                Some(name) => return Err(format!("</{name}> closes something else")),
                None if !TAGS.contains(&name) => return Err(format!("<{name}>")),
                None if name == "br" => {}
                None => open.push(name),
            }
            rest = after(name, attributes)?;
        }
        is_text(rest)?;
        if open.is_empty() { Ok(()) } else { Err(format!("{open:?} stay open")) }
    }

    const TAGS: [&str; 13] =
        ["p", "br", "strong", "em", "del", "code", "pre", "blockquote", "ul", "ol", "li", "a", "span"];

    fn is_text(text: &str) -> Result<(), String> {
        if text.contains('>') { Err(format!("a bare bracket in {text:?}")) } else { Ok(()) }
    }

    /// What comes after a tag's attributes, each of which is known.
    fn after<'t>(name: &str, mut attributes: &'t str) -> Result<&'t str, String> {
        while let Some(more) = attributes.strip_prefix(' ') {
            let read = more.split_once("=\"").and_then(|(key, more)| Some((key, more.split_once('"')?)));
            let (key, (value, more)) = read.ok_or_else(|| format!("{more:?} in <{name}>"))?;
            let safe = match (name, key) {
                ("a", "href") => ["https:", "http:", "mailto:"].iter().any(|s| value.to_lowercase().starts_with(s)),
                ("a", "target") => value == "_blank",
                ("a", "title") => true,
                ("a", "rel") => value == "noopener noreferrer nofollow ugc",
                ("ol", "start") => value.chars().all(|c| c.is_ascii_digit()),
                ("span", "class") => value == "mention",
                _ => false,
            };
            if !safe {
                return Err(format!("{key}={value:?} in <{name}>"));
            }
            attributes = more;
        }
        attributes.strip_prefix('>').ok_or_else(|| format!("{attributes:?} in <{name}>"))
    }

    #[test]
    fn what_looks_for_harm_finds_it() {
        for html in
            ["<script>", "<p>", "<p></a>", "<p onclick=\"x\"></p>", "<a href=\"javascript:x\"></a>", "a > b", "<p"]
        {
            assert!(harmless(html).is_err(), "{html}");
        }
        harmless("<p>a<br>\n<a href=\"https://x\" target=\"_blank\">&lt;</a></p>").unwrap();
    }

    #[test]
    fn nothing_that_runs_or_breaks_out_comes_through() {
        for text in corpus() {
            let html = shown(text);
            assert_eq!(harmless(&html), Ok(()), "{text}: {html}");
        }
    }

    proptest! {
        #[test]
        fn a_plain_line_is_shown_as_it_would_be_the_long_way(text in r#"[\p{L}\p{N} .,;:?!'"()-]{1,60}"#) {
            if let Ok(body) = Body::parse(&text) && is_plain(body.as_str()) {
                prop_assert_eq!(render(&body, &[]), render_all(&body, &[]));
            }
        }

        #[test]
        fn however_it_is_put_together_nothing_harmful_comes_out(text in text()) {
            let Ok(body) = Body::parse(&text) else { return Ok(()) };
            let html = render(&body, &[Handle::parse("bob").unwrap()]);
            prop_assert_eq!(harmless(&html), Ok(()), "{}", html);
            // A reference may be called many times, to which the parser sets an end.
            prop_assert!(html.len() <= 64 * text.chars().count() + 300_000, "{} bytes", html.len());
        }
    }
}
