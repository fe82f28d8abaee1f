//! The samples in docs/deploy and the configurations in the documents: what can be known about them without running
//! them.

use std::path::{Path, PathBuf};

use wechat_login_proxy::config::Config;
use yaml_rust2::{Yaml, YamlLoader};

const DEPLOY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/deploy");
const DOCS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs");
/// The secrets' names in the samples.
const CREDENTIALS: [(&str, &str); 4] = [
    ("session-keys", "0123456789abcdef0123456789abcdef"),
    ("shop", "an-app-secret"),
    ("database-url", "postgres://wechat:password@database/wechat"),
    ("orders", "0123456789abcdef0123456789abcdef"),
];

fn deploy_file(name: &str) -> String {
    std::fs::read_to_string(Path::new(DEPLOY).join(name)).unwrap()
}

fn compose() -> Yaml {
    let mut documents = YamlLoader::load_from_str(&deploy_file("compose.yaml")).unwrap();
    assert_eq!(documents.len(), 1);
    documents.remove(0)
}

/// A field of a service, its own or that of what it merges (`<<`).
fn field<'a>(service: &'a Yaml, name: &str) -> &'a Yaml {
    match &service[name] {
        Yaml::BadValue => &service["<<"][name],
        own => own,
    }
}

/// Reads a configuration where the secrets are as the samples say. The app lies elsewhere here.
fn parse(toml: &str) -> Config {
    let folder = tempfile::tempdir().unwrap();
    for (name, secret) in CREDENTIALS {
        std::fs::write(folder.path().join(name), secret).unwrap();
    }
    std::fs::write(folder.path().join("index.html"), "").unwrap();
    let place = folder.path().display().to_string();
    let mut toml = toml.to_owned();
    for app in ["/app", "/usr/share/wechat-login/app"] {
        let (sample, here) = (
            format!("static_dir = \"{app}\""),
            format!("static_dir = \"{place}\""),
        );
        toml = toml.replace(&sample, &here);
    }
    let environment = [("CREDENTIALS_DIRECTORY".to_owned(), place)];
    Config::parse(&toml, environment).unwrap_or_else(|problems| panic!("{problems}\n{toml}"))
}

#[test]
fn the_configurations_of_the_compose_file_are_ones_the_proxy_takes() {
    let compose = compose();
    let content = |name: &str| compose["configs"][name]["content"].as_str().unwrap();
    let production = parse(content("proxy.toml"));
    assert!(!production.simulator);
    assert!(parse(content("sandbox.toml")).simulator);
    // What the health check and nginx reach.
    assert_eq!(production.listen.to_string(), "0.0.0.0:8081");
    let nginx = compose["services"]["nginx"]["networks"]["inside"]["ipv4_address"].as_str();
    let nginx = nginx.unwrap().parse().unwrap();
    assert!(production.trusted_proxies.trusts(nginx));
}

#[test]
fn the_replicas_of_the_compose_file_are_those_of_the_documented_nginx() {
    let compose = compose();
    let documented = deploy_file("nginx-replicas.conf");
    let services = compose["services"].as_hash().unwrap();
    let mut replicas = 0;
    for (name, service) in services {
        if !name.as_str().unwrap().starts_with("proxy-") {
            continue;
        }
        replicas += 1;
        let address = service["networks"]["inside"]["ipv4_address"].as_str();
        let line = format!("    server {}:8081 ", address.unwrap());
        assert_eq!(documented.matches(&line).count(), 1, "{line}");
        assert_eq!(field(service, "read_only").as_bool(), Some(true));
    }
    assert_eq!(documented.matches("\n    server 10.").count(), replicas);
}

#[test]
fn every_name_the_compose_file_uses_is_defined_in_it_or_a_file() {
    let compose = compose();
    for (_, service) in compose["services"].as_hash().unwrap() {
        for secret in field(service, "secrets").as_vec().unwrap_or(&vec![]) {
            let file = compose["secrets"][secret.as_str().unwrap()]["file"].as_str();
            assert_eq!(
                file.unwrap(),
                format!("./secrets/{}", secret.as_str().unwrap())
            );
        }
        for config in field(service, "configs").as_vec().unwrap_or(&vec![]) {
            let source = config["source"].as_str().unwrap();
            assert!(!compose["configs"][source].is_badvalue(), "{source}");
        }
        for volume in service["volumes"].as_vec().unwrap_or(&vec![]) {
            let from = volume.as_str().unwrap().split(':').next().unwrap();
            let is_there = match from.chars().next() {
                Some('.') => Path::new(DEPLOY).join(from).is_file(),
                // The machine's.
                Some('/') => deploy_file("nginx-replicas.conf").contains(from),
                _ => !compose["volumes"][from].is_badvalue(),
            };
            assert!(is_there, "{from}");
        }
        let build = field(service, "build");
        if let Some(context) = build["context"].as_str() {
            let file: PathBuf = [DEPLOY, context, build["dockerfile"].as_str().unwrap()]
                .iter()
                .collect();
            let dockerfile = std::fs::read_to_string(file).unwrap();
            let stage = format!(" AS {}\n", build["target"].as_str().unwrap());
            assert!(dockerfile.contains(&stage), "{stage}");
        }
    }
}

#[test]
fn the_unit_gives_every_secret_under_the_name_the_documents_use() {
    let unit = deploy_file("wechat-login-proxy.service");
    for (name, _) in CREDENTIALS {
        let line = format!("LoadCredential={name}:/etc/wechat-login/credentials/{name}\n");
        assert!(unit.contains(&line), "{line}");
    }
}

#[test]
fn the_configurations_in_the_documents_are_ones_the_proxy_takes() {
    for (document, count) in [
        ("en/runbook.md", 1),
        ("zh/runbook.md", 1),
        ("en/going-live.md", 1),
        ("zh/going-live.md", 1),
        ("en/scaling.md", 1),
        ("zh/scaling.md", 1),
    ] {
        let text = std::fs::read_to_string(Path::new(DOCS).join(document)).unwrap();
        // Typed at once into the file, in the runbook.
        let text = text
            .replace("<<'END'\n", "```toml\n")
            .replace("END\n", "```");
        let blocks = text.split("```toml\n").skip(1);
        let blocks = blocks.map(|rest| rest.split("```").next().unwrap());
        let read = blocks.map(parse).count();
        assert_eq!(read, count, "{document}");
    }
}

/// `docker compose up sandbox`: what it starts, and whether browser, proxy and simulator find one another.
#[test]
fn the_sandbox_of_the_compose_file_is_whole() {
    let compose = compose();
    let services = &compose["services"];
    for (name, service) in services.as_hash().unwrap() {
        let needed: Vec<&Yaml> = match field(service, "depends_on") {
            Yaml::Array(names) => names.iter().collect(),
            Yaml::Hash(conditions) => conditions.keys().collect(),
            _ => vec![],
        };
        for needed in needed {
            // Without this, naming one service does not start the other.
            let profiles = &services[needed.as_str().unwrap()]["profiles"];
            let is_started = profiles.is_badvalue() || *profiles == service["profiles"];
            assert!(is_started, "{needed:?} of {name:?}");
            assert!(services.as_hash().unwrap().contains_key(needed));
        }
    }
    let config = compose["configs"]["sandbox.toml"]["content"].as_str();
    let config: toml::Table = config.unwrap().parse().unwrap();
    let said = |section: &toml::Table, key: &str| section[key].as_str().unwrap().to_owned();
    // `127.0.0.1:8080:8081`: where browsers go, and the port inside.
    let port = |service: &str| {
        let published = services[service]["ports"][0].as_str().unwrap();
        let (outside, inside) = published.rsplit_once(':').unwrap();
        (format!("http://{outside}"), format!(":{inside}"))
    };
    let (app, listens) = port("sandbox");
    assert_eq!(said(&config, "public_url"), app);
    assert!(said(&config, "listen").ends_with(&listens));
    let (wechat, listens) = port("simulator");
    let hosts = config["wechat"].as_table().unwrap();
    assert_eq!(said(hosts, "open_base"), wechat);
    assert_eq!(
        said(hosts, "api_base"),
        format!("http://simulator{listens}")
    );
    let command = services["simulator"]["command"].as_vec().unwrap();
    let command: Vec<&str> = command.iter().map(|it| it.as_str().unwrap()).collect();
    let expected = [
        "--listen",
        &format!("0.0.0.0{listens}"),
        "--public-url",
        &wechat,
    ];
    assert_eq!(command, expected);
    let shop = config["accounts"]["shop"].as_table().unwrap();
    for key in ["appid", "secret"] {
        let line = format!("{key} = \"{}\"", said(shop, key));
        assert!(wechat_simulator::Platform::DEFAULT_SEED.contains(&line));
    }
}
