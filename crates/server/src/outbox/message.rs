//! The words of the mails, in text and in HTML.

use domain::time::{DAY_MS, HOUR_MS};

/// The console's colour of what one is to press, in its light theme: mail programs know no custom properties.
const ACCENT: &str = "#4453d6";

/// A mail's subject and both forms of its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
}

/// What a mail says, before it becomes text and HTML.
struct Parts<'a> {
    subject: String,
    paragraphs: Vec<String>,
    button: (&'a str, &'a str),
    footer: String,
}

/// "24 hours", "1 hour", "7 days".
fn duration(millis: i64) -> String {
    let (count, unit) =
        if millis % DAY_MS == 0 && millis > DAY_MS { (millis / DAY_MS, "day") } else { (millis / HOUR_MS, "hour") };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// To the invited person.
pub(super) fn invitation(organization: &str, sender: &str, email: &str, link: &str, ttl_ms: i64) -> Message {
    render(&Parts {
        subject: format!("{sender} invites you to {organization}"),
        paragraphs: vec![
            format!("{sender} invites you to join {organization}, with the address {email}."),
            format!(
                "The link works once, and for {}. Opening it commits you to nothing: you can accept or decline there.",
                duration(ttl_ms)
            ),
        ],
        button: ("See the invitation", link),
        footer:
            "If you did not expect this, leave it: without you nothing happens. Nobody will ever ask you for this link."
                .to_owned(),
    })
}

/// To the sender of an invitation whose link no longer works.
pub(super) fn link_requested(organization: &str, email: &str, console: &str) -> Message {
    render(&Parts {
        subject: format!("{email} asks for a new invitation link"),
        paragraphs: vec![
            format!("{email} tried to join {organization}, but the link of your invitation no longer works."),
            "Resend the invitation from the list of invitations, if you still want them in.".to_owned(),
        ],
        button: ("Open the invitations", console),
        footer: format!("You get this because you sent the invitation to {organization}."),
    })
}

fn render(parts: &Parts<'_>) -> Message {
    let (label, link) = parts.button;
    let text = format!("{}\n\n{label}:\n{link}\n\n-- \n{}\n", parts.paragraphs.join("\n\n"), parts.footer);
    let paragraphs: String = parts
        .paragraphs
        .iter()
        .map(|paragraph| format!("<p style=\"margin:0 0 16px\">{}</p>", escape(paragraph)))
        .collect();
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\"><title>{title}</title></head>\
         <body style=\"margin:0;padding:24px;font:16px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif\"><div style=\"max-width:520px;margin:0 auto\">\
         <p style=\"margin:0 0 24px;font-weight:600\">Roster</p>{paragraphs}\
         <p style=\"margin:24px 0\"><a href=\"{href}\" style=\"display:inline-block;padding:10px 18px;border-radius:6px;background:{ACCENT};color:#ffffff;text-decoration:none;font-weight:600\">{label}</a></p>\
         <p style=\"margin:0 0 24px;font-size:14px\">Or copy this address:<br><a href=\"{href}\" style=\"word-break:break-all\">{href}</a></p>\
         <p style=\"margin:0;font-size:13px;opacity:.75\">{footer}</p></div></body></html>",
        title = escape(&parts.subject),
        href = escape(link),
        label = escape(label),
        footer = escape(&parts.footer),
    );
    Message { subject: parts.subject.clone(), text, html }
}

/// Text as HTML: the five characters that mean something there are written out.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_become_markup() {
        let message = invitation(
            "<script>alert(1)</script>",
            "A \"B\" & 'C'",
            "x@example.com",
            "https://r.example/invitation#t",
            HOUR_MS,
        );
        assert!(!message.html.contains("<script>"));
        assert!(message.html.contains("A &quot;B&quot; &amp; &#39;C&#39;"));
    }

    #[test]
    fn button_has_the_colour_of_the_console() {
        let tokens = include_str!("../../../../style/tokens.css");
        assert!(tokens.contains(&format!("--accent: light-dark({ACCENT}, ")));
        assert!(link_requested("Acme", "x@example.com", "https://r.example").html.contains(ACCENT));
    }

    #[test]
    fn lifetime_is_told_in_words() {
        for (millis, words) in
            [(HOUR_MS, "1 hour"), (24 * HOUR_MS, "24 hours"), (36 * HOUR_MS, "36 hours"), (7 * DAY_MS, "7 days")]
        {
            assert_eq!(duration(millis), words);
        }
    }
}
