//! What these tests need: the server, a program behind it that writes down what it gets, and requests by hand.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::dev::ServerHandle;
use actix_web::web::{self, Bytes, PayloadConfig};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use dev_server::Options;
use dev_server::status::Build;
use tempfile::TempDir;
use test_support::addresses::free_address;
use test_support::wire::exchange;
use tokio::sync::watch;

/// The app's page as it was built.
pub(crate) const INDEX: &str = "<html><head><base href=\"/\" /></head><body>the app</body></html>";

/// The server, its app and how its build is; stopped when dropped.
pub(crate) struct Site {
    pub(crate) address: SocketAddr,
    pub(crate) build: watch::Sender<Build>,
    pub(crate) app: TempDir,
    server: ServerHandle,
}

/// What a test may want otherwise.
pub(crate) struct Wanted<'a> {
    pub(crate) path: &'a str,
    /// The origin of `public_url`; where it listens if none.
    pub(crate) origin: Option<&'a str>,
    pub(crate) proxy: SocketAddr,
    pub(crate) simulator: SocketAddr,
}

impl Default for Wanted<'_> {
    fn default() -> Self {
        Self {
            path: "",
            origin: None,
            proxy: free_address(),
            simulator: free_address(),
        }
    }
}

impl Site {
    /// With an app that is built, and nothing behind it.
    pub(crate) fn start() -> Self {
        Self::wanted(&Wanted::default())
    }

    /// Before this proxy.
    pub(crate) fn before(proxy: SocketAddr) -> Self {
        let wanted = Wanted::default();
        Self::wanted(&Wanted { proxy, ..wanted })
    }

    pub(crate) fn wanted(wanted: &Wanted<'_>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let app = tempfile::tempdir().unwrap();
        std::fs::write(app.path().join("index.html"), INDEX).unwrap();
        let build = watch::Sender::new(ready("1"));
        let origin = wanted.origin.map(str::to_owned);
        let origin = origin.unwrap_or_else(|| format!("http://{address}"));
        let options = Options {
            app: app.path().to_owned(),
            builds: build.subscribe(),
            public_url: format!("{origin}{}", wanted.path).parse().unwrap(),
            proxy: wanted.proxy.to_string(),
            simulator: wanted.simulator.to_string(),
            backends: Vec::new(),
            lan: false,
        };
        let running = dev_server::start(options, [listener]).unwrap();
        let server = running.handle();
        actix_web::rt::spawn(running);
        Self {
            address,
            build,
            app,
            server,
        }
    }

    pub(crate) fn write(&self, name: impl AsRef<Path>, content: &str) {
        let file = self.app.path().join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, content).unwrap();
    }

    /// The whole answer to a request of this line, `GET /x`, with these lines of its head.
    pub(crate) async fn ask(&self, line: &str, lines: &[&str]) -> String {
        self.send(line, lines, "").await
    }

    /// The same with a body, or more lines.
    pub(crate) async fn send(&self, line: &str, lines: &[&str], body: &str) -> String {
        let mut request = format!("{line} HTTP/1.1\r\nConnection: close\r\n");
        if !lines.iter().any(|it| it.starts_with("Host:")) {
            request += &format!("Host: {}\r\n", self.address);
        }
        for line in lines {
            request += &format!("{line}\r\n");
        }
        exchange(self.address, format!("{request}\r\n{body}")).await
    }

    /// As a browser's address bar asks.
    pub(crate) async fn open(&self, path: &str) -> String {
        self.ask(&format!("GET {path}"), &["Accept: text/html,*/*;q=0.8"])
            .await
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

pub(crate) fn ready(number: &str) -> Build {
    Build {
        ready: Some(number.to_owned()),
        broken: None,
    }
}

/// The value of a header of an answer.
pub(crate) fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let (head, _) = answer.split_once("\r\n\r\n")?;
    head.lines().find_map(|line| {
        let (it, value) = line.split_once(": ")?;
        it.eq_ignore_ascii_case(name).then_some(value)
    })
}

/// What stands behind the head of an answer.
pub(crate) fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").unwrap().1
}

/// A request as it arrived behind the server.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// Method, path and query.
    pub(crate) line: String,
    /// Each as `name: value`, in lower case before the colon.
    pub(crate) headers: Vec<String>,
    pub(crate) body: Bytes,
}

impl Seen {
    /// The lines of this name.
    pub(crate) fn lines(&self, name: &str) -> Vec<&str> {
        let start = format!("{name}: ");
        let lines = self.headers.iter().map(String::as_str);
        lines.filter(|it| it.starts_with(&start)).collect()
    }
}

/// A program behind the server; stopped when dropped.
pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    server: ServerHandle,
}

impl Upstream {
    /// One that answers as this says.
    pub(crate) fn start(answer: fn(&HttpRequest) -> HttpResponse) -> Self {
        let seen = Arc::<Mutex<Vec<Seen>>>::default();
        let written = seen.clone();
        let app = move || {
            let written = written.clone();
            let note = move |request: HttpRequest, body: Bytes| {
                let mut seen = written.lock().unwrap_or_else(PoisonError::into_inner);
                let headers = request.headers().iter();
                seen.push(Seen {
                    line: format!("{} {}", request.method(), request.uri()),
                    headers: headers
                        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
                        .collect(),
                    body,
                });
                let response = answer(&request);
                async { response }
            };
            let limit = PayloadConfig::new(64 << 20);
            App::new().app_data(limit).default_service(web::to(note))
        };
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = HttpServer::new(app).workers(1).listen(listener).unwrap();
        let running = server.run();
        let server = running.handle();
        actix_web::rt::spawn(running);
        Self {
            address,
            seen,
            server,
        }
    }

    /// The one request since the last call.
    pub(crate) fn take_one(&self) -> Seen {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        assert_eq!(seen.len(), 1, "{seen:?}");
        seen.remove(0)
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}
