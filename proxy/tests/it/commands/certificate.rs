//! What `check` says of a site's certificate: an authority of the test's own, which the program trusts by its environment,
//! and certificates of it as web servers have them on bad days.

use std::path::Path;
use std::time::SystemTime;

use rcgen::{BasicConstraints, CertificateParams, CustomExtension, DnType, IsCa, Issuer, KeyPair};
use wechat_simulator::Simulator;

use crate::support::*;

/// AuthorityInfoAccess with one caIssuers address, `http://a/`, as public authorities write it.
const ACCESS: [u8; 23] = [
    0x30, 0x15, 0x30, 0x13, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x02, 0x86, 0x07,
    b'h', b't', b't', b'p', b':', b'/', b'/',
];

struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
    /// Whether its certificates say where its own is.
    is_public: bool,
}

fn params(name: &str, hosts: &[&str]) -> CertificateParams {
    let hosts: Vec<String> = hosts.iter().map(|it| (*it).to_owned()).collect();
    let mut params = CertificateParams::new(hosts).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

fn authority(name: &str, by: Option<&Authority>) -> Authority {
    let mut params = params(name, &[]);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let certificate = match by {
        Some(by) => params.signed_by(&key, &by.issuer),
        None => params.self_signed(&key),
    };
    Authority {
        pem: certificate.unwrap().pem(),
        is_public: by.is_some(),
        issuer: Issuer::new(params, key),
    }
}

/// Certificate and key of a server of this name, valid from so many days ago for so many days from now.
fn server(by: Option<&Authority>, host: &str, days: (i64, i64)) -> [String; 2] {
    // And half a day, so that it does not matter how long this test takes.
    let now = SystemTime::now() + Duration::from_secs(43_200);
    let day = |days: i64| {
        let distance = Duration::from_secs(86_400 * days.unsigned_abs());
        if days < 0 {
            now - distance
        } else {
            now + distance
        }
    };
    let mut params = params("server", &[host]);
    (params.not_before, params.not_after) = (day(-days.0).into(), day(days.1).into());
    let oid = [1, 3, 6, 1, 5, 5, 7, 1, 1];
    if by.is_some_and(|by| by.is_public) {
        params.custom_extensions = vec![CustomExtension::from_oid_content(&oid, ACCESS.to_vec())];
    }
    let key = KeyPair::generate().unwrap();
    let certificate = match by {
        Some(by) => params.signed_by(&key, &by.issuer),
        None => params.self_signed(&key),
    };
    [certificate.unwrap().pem(), key.serialize_pem()]
}

/// A web server with this certificate, which answers nothing else.
fn start(folder: &Path, chain: &str, key: &str) -> Nginx {
    add_files(
        folder,
        &[("chain.pem", chain.to_owned()), ("key.pem", key.to_owned())],
    );
    let at = |name: &str| folder.join(name).display().to_string();
    Nginx::start(|address| {
        format!(
            "server {{ listen {address} ssl; ssl_certificate {}; ssl_certificate_key {}; return 200; }}",
            at("chain.pem"),
            at("key.pem")
        )
    })
}

#[actix_web::test]
async fn the_true_reason_why_phones_see_a_white_page_is_told() {
    let root = authority("Root", None);
    let middle = authority("Middle", Some(&root));
    let foreign = authority("Foreign", None);
    let folder = tempfile::tempdir().unwrap();
    add_files(folder.path(), &[("root.pem", root.pem.clone())]);
    let trusted = folder.path().join("root.pem").display().to_string();
    let trust = [("SSL_CERT_FILE", trusted.as_str())];
    let good = server(Some(&middle), "localhost", (10, 90));
    let whole = |[certificate, key]: [String; 2]| [certificate + &middle.pem, key];
    // As `openssl req -x509` makes it: an authority of its own.
    let everyday = {
        let mut params = params("server", &["localhost"]);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        [params.self_signed(&key).unwrap().pem(), key.serialize_pem()]
    };
    let (ending, expired) = ((80, 10), (90, -4));
    for ([chain, key], level, words) in [
        (whole(good.clone()), "ok", "which ends in 90 day(s)"),
        (
            whole(server(Some(&middle), "localhost", ending)),
            "warning",
            "ends in 10 day(s). By now",
        ),
        (
            whole(server(Some(&middle), "localhost", (1, 5))),
            "ok",
            "which ends in 5 day(s)",
        ),
        (
            whole(server(Some(&middle), "localhost", expired)),
            "error",
            "the certificate expired 3 day(s) ago",
        ),
        (
            whole(server(Some(&middle), "other.example", (1, 90))),
            "error",
            "for another name: DnsName(\"other.example\")",
        ),
        (
            good,
            "error",
            "no chain from its certificate to an authority: that of CN=Middle",
        ),
        (
            server(Some(&foreign), "localhost", (1, 90)),
            "error",
            "from CN=Foreign, an authority that nobody knows",
        ),
        (
            server(None, "localhost", (1, 90)),
            "error",
            "signed by itself",
        ),
        (everyday, "error", "signed by itself"),
    ] {
        let nginx = start(folder.path(), &chain, &key);
        let port = nginx.address.port();
        let line = format!("check --url https://localhost:{port} --verify-file MP_verify_a1.txt");
        let said = PROXY.run_in(&trust, folder.path(), &line).await;
        let expected = format!("{level:<8} connection: ");
        let first = said.output.lines().next().unwrap();
        assert!(
            first.starts_with(&expected) && first.contains(words),
            "{words}: {first}"
        );
        if level != "error" {
            continue;
        }
        // From inside, of the certificate and of the file that the console asks for.
        let simulator = Simulator::start().await.unwrap();
        let wechat = simulator.base_url();
        let lines = format!("wechat = {{ api_base = \"{wechat}\", open_base = \"{wechat}\" }}");
        let toml = super::on_file(&lines)
            .replace(
                "http://127.0.0.1:8080",
                &format!("https://localhost:{port}"),
            )
            .replace(
                "secret = ",
                "verify_files = [\"MP_verify_a1.txt\"]\nsecret = ",
            );
        add_files(folder.path(), &[("proxy.toml", toml)]);
        let said = PROXY.run_in(&trust, folder.path(), "check").await;
        assert_eq!(said.errors, "", "a library's own line");
        for check in ["certificate", "verify_file"] {
            let beginning = format!("error    {check}: ");
            let line = said.output.lines().find(|it| it.starts_with(&beginning));
            let line = line.unwrap_or_else(|| panic!("{check}: {} {}", said.output, said.errors));
            assert!(
                line.contains(words) && !line.contains("start the"),
                "{line}"
            );
        }
    }
}

#[actix_web::test]
async fn no_tls_nobody_there_and_no_such_host_are_three_things() {
    let plain = Nginx::start(|address| format!("server {{ listen {address}; return 200; }}"));
    let nobody = test_support::addresses::free_address();
    let folder = tempfile::tempdir().unwrap();
    for (site, words) in [
        (format!("https://{}", plain.address), "speaks no TLS"),
        (format!("https://{nobody}"), "nobody listens there"),
        (
            "https://no-such-host.invalid".to_owned(),
            "no host of this name",
        ),
    ] {
        let said = PROXY
            .run(folder.path(), &format!("check --url {site}"))
            .await;
        assert_eq!(said.code, Some(1));
        assert!(said.output.contains(words), "{site}: {}", said.output);
    }
}
