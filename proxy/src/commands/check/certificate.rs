//! Certificates of web servers, and why a connection to one did not come about.

use std::error::Error;
use std::io::{self, ErrorKind};

use rustls::{CertificateError, Error as TlsError};
use x509_parser::extensions::ParsedExtension;
use x509_parser::prelude::{FromDer as _, X509Certificate};

const DAY: i64 = 86_400;

/// What is to be known of one.
#[derive(Debug, Clone)]
pub(super) struct Certificate {
    issuer: String,
    is_signed_by_itself: bool,
    /// Whether it says where the certificate of its issuer is, as all of public authorities do.
    names_issuers_place: bool,
    /// In seconds since 1970.
    begins: i64,
    ends: i64,
}

impl Certificate {
    /// Nothing for what is none.
    pub(super) fn parse(der: &[u8]) -> Option<Self> {
        let (_, it) = X509Certificate::from_der(der).ok()?;
        let is_place = |extension: &ParsedExtension<'_>| {
            let ParsedExtension::AuthorityInfoAccess(access) = extension else {
                return false;
            };
            let methods = access
                .accessdescs
                .iter()
                .map(|it| it.access_method.to_id_string());
            // id-ad-caIssuers
            methods.into_iter().any(|it| it == "1.3.6.1.5.5.7.48.2")
        };
        Some(Self {
            issuer: it.issuer().to_string(),
            is_signed_by_itself: it.issuer() == it.subject(),
            names_issuers_place: it
                .extensions()
                .iter()
                .any(|it| is_place(it.parsed_extension())),
            begins: it.validity().not_before.timestamp(),
            ends: it.validity().not_after.timestamp(),
        })
    }

    /// In how many days it ends, and whether whatever renews it should have done so: three weeks before the end, or, where
    /// that is sooner, in its last quarter.
    pub(super) fn end(&self, now: u64) -> (i64, bool) {
        let now = i64::try_from(now).unwrap_or(i64::MAX);
        let left = self.ends.saturating_sub(now);
        let whole = self.ends.saturating_sub(self.begins);
        (left / DAY, left < 21 * DAY && left < whole / 4)
    }
}

/// Why nothing came back.
#[derive(Debug)]
pub(super) struct Fault {
    /// In words.
    pub(super) cause: String,
    /// What to do.
    pub(super) fix: &'static str,
    /// Phones see the same: it is the certificate or no TLS at all.
    pub(super) is_of_tls: bool,
    /// Whether it is worth a look at the certificate that nobody trusts.
    pub(super) is_untrusted: bool,
}

impl Fault {
    /// Reads it out of what the library for HTTP met.
    pub(super) fn of(error: &reqwest::Error) -> Self {
        let mut causes: Vec<&(dyn Error + 'static)> = Vec::new();
        let mut next = error.source();
        while let Some(cause) = next {
            causes.push(cause);
            // What an error of the system is made of it does not call its source.
            let inside = cause
                .downcast_ref::<io::Error>()
                .and_then(io::Error::get_ref);
            next = match inside {
                Some(inside) => Some(inside as &(dyn Error + 'static)),
                None => cause.source(),
            };
        }
        let tls = causes.iter().find_map(|it| it.downcast_ref::<TlsError>());
        let mut kinds = causes
            .iter()
            .filter_map(|it| it.downcast_ref::<io::Error>());
        let kind = kinds.next_back().map(io::Error::kind);
        if let Some(error) = tls {
            return Self::of_tls(error);
        }
        let chain: Vec<String> = causes.iter().map(ToString::to_string).collect();
        let (cause, fix) = match kind {
            _ if error.is_timeout() => (
                "nothing answers in time".to_owned(),
                "let the firewall and the provider pass port 443; a machine that cannot reach its own public address is \
                 looked at from elsewhere: check --url.",
            ),
            _ if chain.iter().any(|it| it.contains("dns error")) => (
                "there is no host of this name".to_owned(),
                "correct public_url, or make the name known (DNS).",
            ),
            Some(ErrorKind::ConnectionRefused) => (
                "nobody listens there".to_owned(),
                "start the web server; where it runs, look at its address, at its port and at the firewall.",
            ),
            // The last of them is the first that happened.
            _ => (
                chain
                    .last()
                    .map_or_else(|| "no answer".to_owned(), Clone::clone),
                "look at DNS, firewall and web server.",
            ),
        };
        Self {
            cause,
            fix,
            is_of_tls: false,
            is_untrusted: false,
        }
    }

    fn of_tls(error: &TlsError) -> Self {
        use CertificateError as Bad;
        const RENEW: &str =
            "renew it, and have the web server load it (certbot renew; nginx -s reload).";
        const OTHER: &str = "get a certificate for this name, or correct the web server's server_name: it answers with \
                             another site's.";
        let days = |from: u64, to: u64| to.saturating_sub(from) / 86_400;
        let (cause, fix) = match error {
            TlsError::InvalidCertificate(Bad::ExpiredContext { time, not_after }) => {
                let days = days(not_after.as_secs(), time.as_secs());
                (format!("the certificate expired {days} day(s) ago"), RENEW)
            }
            TlsError::InvalidCertificate(Bad::Expired) => {
                ("the certificate has expired".to_owned(), RENEW)
            }
            TlsError::InvalidCertificate(Bad::NotValidYet | Bad::NotValidYetContext { .. }) => (
                "the certificate is not valid yet".to_owned(),
                "look at the clocks of this machine (timedatectl) and of the one that made it.",
            ),
            TlsError::InvalidCertificate(Bad::NotValidForNameContext { presented, .. }) => {
                let names: Vec<&str> = presented.iter().map(String::as_str).collect();
                (
                    format!("the certificate is for another name: {}", names.join(", ")),
                    OTHER,
                )
            }
            TlsError::InvalidCertificate(Bad::NotValidForName) => {
                ("the certificate is for another name".to_owned(), OTHER)
            }
            TlsError::InvalidCertificate(_) => (
                format!("the certificate is not valid: {error}"),
                "get a certificate from a public authority, and configure its whole chain (fullchain.pem).",
            ),
            TlsError::InvalidMessage(_) => (
                "what answers there speaks no TLS".to_owned(),
                "have the web server take https on this port (listen 443 ssl).",
            ),
            other => (
                format!("TLS does not come about: {other}"),
                "look at the web server's log, and whether it has a certificate for this name.",
            ),
        };
        Self {
            cause,
            fix,
            is_of_tls: true,
            is_untrusted: match error {
                TlsError::InvalidCertificate(Bad::UnknownIssuer) => true,
                // What `openssl req -x509` makes is an authority's own.
                TlsError::InvalidCertificate(Bad::Other(other)) => {
                    format!("{other:?}").contains("CaUsedAsEndEntity")
                }
                _ => false,
            },
        }
    }

    /// What the certificate itself tells about why nobody trusts it.
    pub(super) fn with(mut self, certificate: &Certificate) -> Self {
        let issuer = &certificate.issuer;
        (self.cause, self.fix) = if certificate.is_signed_by_itself {
            (
                "the certificate is signed by itself, which nobody trusts".to_owned(),
                "get one from a public authority, such as Let's Encrypt.",
            )
        } else if certificate.names_issuers_place {
            (
                format!(
                    "the web server sends no chain from its certificate to an authority: that of {issuer} is missing"
                ),
                "configure the whole chain (fullchain.pem), not the certificate alone.",
            )
        } else {
            (
                format!("the certificate is from {issuer}, an authority that nobody knows"),
                "get one from a public authority, such as Let's Encrypt; phones do not trust one of your own.",
            )
        };
        self
    }
}
