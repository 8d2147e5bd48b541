//! Where mails go: to a mail server by SMTP, or into a folder where there is none.

use std::path::PathBuf;
use std::time::Duration;

use domain::invitations::Delivery;
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use super::message;
use crate::exposure::host_of;
use crate::files::{self, Existing};
use crate::options::ServeOptions;

/// How long one command to the mail server may take.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a whole mail may take: five of them fit into a lease.
const MAIL_TIMEOUT: Duration = Duration::from_secs(20);

/// Why a mail did not leave.
#[derive(Debug, Clone)]
pub(super) struct MailError {
    /// For the administrator: what the mail server said.
    pub(super) reason: String,
    pub(super) kind: Fault,
}

/// Whose matter it is that a mail did not leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// This mail's, for good: trying again cannot help.
    Refused,
    /// This mail's, for now: its mailbox is busy or full, or the server looks at strangers twice.
    PutOff,
    /// The mail server's, and so every mail's: it cannot be reached, or lets nobody in.
    Away,
}

/// Codes by which a mail server refuses this recipient or message, and would again (RFC 5321, 4.2.3). Others of the
/// 500s, such as a wrong password, are the operator's to mend: the mail waits for it.
const REFUSED: [u16; 6] = [501, 550, 551, 552, 553, 554];
/// Codes by which a mail server puts this recipient or message off.
const PUT_OFF: [u16; 3] = [450, 451, 452];

impl MailError {
    pub(super) const fn refused(reason: String) -> Self {
        Self { reason, kind: Fault::Refused }
    }

    const fn away(reason: String) -> Self {
        Self { reason, kind: Fault::Away }
    }
}

/// Carries mails out.
#[derive(Clone)]
pub struct Mailer {
    transport: Transport,
    from: Mailbox,
    /// The part of Message-IDs behind the `@`.
    host: String,
}

#[derive(Clone)]
enum Transport {
    Smtp(Box<AsyncSmtpTransport<Tokio1Executor>>),
    Folder(PathBuf),
}

impl Mailer {
    /// # Errors
    /// When the mail server's address, the sender's or the certificate file is not valid.
    pub fn new(options: &ServeOptions, public_url: &str) -> Result<Self, String> {
        let host = public_url.split("://").nth(1).unwrap_or_default();
        let host = host
            .strip_prefix('[')
            .map_or_else(|| host.split(':').next().unwrap_or_default(), |v6| v6.split(']').next().unwrap_or_default());
        let domain = if host.contains(':') || host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
            "localhost"
        } else {
            host
        };
        let from = options.mail_from.clone().unwrap_or_else(|| format!("Roster <roster@{domain}>"));
        let from = from.parse().map_err(|error| {
            format!("--mail-from {from}: {error}; an address such as Roster <roster@example.com> is allowed")
        })?;
        let transport = match &options.smtp_url {
            Some(url) => Transport::Smtp(Box::new(smtp(url, options)?)),
            None => {
                let folder = options.store.data_dir.join("mail");
                // They hold links.
                files::remove_partial_in(&folder);
                Transport::Folder(folder)
            }
        };
        Ok(Self { transport, from, host: domain.to_owned() })
    }

    /// Whether there is a mail server.
    #[must_use]
    pub const fn is_smtp(&self) -> bool {
        matches!(self.transport, Transport::Smtp(_))
    }

    /// Hands one mail over, and says how. Its Message-ID is the same for every attempt, so that a mail sent twice is seen as one.
    pub(super) async fn send(&self, id: &str, to: &str, words: message::Message) -> Result<Delivery, MailError> {
        let fault = MailError::refused;
        let address = domain::EmailAddress::parse(to).map_err(|error| fault(error.to_string()))?;
        let to = address.mailbox().parse().map_err(|error: lettre::address::AddressError| fault(error.to_string()))?;
        let mail = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(words.subject)
            .message_id(Some(format!("<{id}@{}>", self.host)))
            // A part of parts is not encoded itself (RFC 2045, 6.4).
            .header(lettre::message::header::ContentTransferEncoding::SevenBit)
            .multipart(MultiPart::alternative_plain_html(words.text, words.html))
            .map_err(|error| fault(error.to_string()))?;
        match &self.transport {
            Transport::Smtp(transport) => match tokio::time::timeout(MAIL_TIMEOUT, transport.send(mail)).await {
                Ok(sent) => sent.map(|_| Delivery::Sent).map_err(|error| refusal(&error)),
                Err(_) => Err(MailError::away("the mail server took too long".to_owned())),
            },
            Transport::Folder(folder) => write(folder.clone(), id.to_owned(), mail.formatted())
                .await
                .map(|()| Delivery::LinkOnly)
                .map_err(|error| MailError::away(error.to_string())),
        }
    }
}

fn refusal(error: &lettre::transport::smtp::Error) -> MailError {
    let kind = match error.status().map(u16::from) {
        Some(code) if REFUSED.contains(&code) => Fault::Refused,
        Some(code) if PUT_OFF.contains(&code) => Fault::PutOff,
        _ => Fault::Away,
    };
    MailError { reason: explain(error), kind }
}

/// The error with its causes, in one line.
fn explain(error: &lettre::transport::smtp::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text = format!("{text}: {inner_text}");
        }
        cause = inner.source();
    }
    text.chars().filter(|character| domain::text::is_plain(*character)).take(300).collect()
}

fn smtp(url: &str, options: &ServeOptions) -> Result<AsyncSmtpTransport<Tokio1Executor>, String> {
    const ALLOWED: &str =
        "smtp://host:port, smtp://user:password@host:587?tls=required or smtps://host:465 are allowed";
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
        .map_err(|error| format!("--smtp-url: {error}; {ALLOWED}"))?;
    if let Some(file) = &options.smtp_ca_file {
        let fault = |reason: String| format!("--smtp-ca-file {}: {reason}", file.display());
        let pem = files::read(file, files::OPTION_BYTES_MAX).map_err(|error| fault(error.to_string()))?;
        let certificate = Certificate::from_pem(&pem).map_err(|error| fault(error.to_string()))?;
        // It is the only one then: no public authority can vouch for an internal mail server.
        let parameters = TlsParameters::builder(host_of(url).to_owned())
            .certificate_store(CertificateStore::None)
            .add_root_certificate(certificate)
            .build()
            .map_err(|error| fault(error.to_string()))?;
        builder =
            builder.tls(if url.starts_with("smtps://") { Tls::Wrapper(parameters) } else { Tls::Required(parameters) });
    }
    Ok(builder.timeout(Some(COMMAND_TIMEOUT)).build())
}

/// Writes a message under a name of its own, wholly or not at all, for the server's own user alone: it holds a link.
async fn write(folder: PathBuf, id: String, bytes: Vec<u8>) -> std::io::Result<()> {
    let mut folders = tokio::fs::DirBuilder::new();
    #[cfg(unix)]
    folders.mode(0o700);
    folders.recursive(true).create(&folder).await?;
    let file = folder.join(format!("{id}.eml"));
    let written = tokio::task::spawn_blocking(move || files::write(&file, &bytes, Existing::Replaced)).await;
    written.map_err(std::io::Error::other)?
}
