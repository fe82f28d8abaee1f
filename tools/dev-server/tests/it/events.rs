//! What open pages are told.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::*;

/// An open page.
struct Page {
    stream: TcpStream,
    text: String,
}

impl Page {
    async fn open(site: &Site, language: &str) -> Self {
        let mut stream = TcpStream::connect(site.address).await.unwrap();
        let request = format!(
            "GET /_dev/events HTTP/1.1\r\nHost: {}\r\nAccept: text/event-stream\r\nAccept-Language: {language}\r\n\r\n",
            site.address
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let text = String::new();
        Self { stream, text }
    }

    /// The next event that is like this; those before it are passed over, for programs are looked for all the time.
    async fn until(&mut self, is_it: impl Fn(&Value) -> bool) -> Value {
        loop {
            while let Some((before, rest)) = self.text.split_once("\n\n") {
                let event = before
                    .rsplit_once("data: ")
                    .map(|(_, data)| data.to_owned());
                self.text = rest.to_owned();
                let event: Option<Value> = event.map(|it| serde_json::from_str(&it).unwrap());
                if let Some(event) = event.filter(&is_it) {
                    return event;
                }
            }
            let mut part = [0; 4096];
            let count = self.stream.read(&mut part).await.unwrap();
            assert!(count > 0, "the stream has ended");
            self.text += &String::from_utf8_lossy(&part[..count]);
        }
    }
}

fn titles(event: &Value) -> Vec<&str> {
    let notes = event["notes"].as_array().unwrap().iter();
    notes.map(|note| note["title"].as_str().unwrap()).collect()
}

#[actix_web::test]
async fn a_page_hears_of_another_build_and_knows_its_own() {
    let site = Site::start();
    let page = site.open("/").await;
    let (_, rest) = page.split_once("data-build=\"").unwrap();
    let (own, _) = rest.split_once('"').unwrap();
    let mut page = Page::open(&site, "en").await;
    let first = page.until(|_| true).await;
    assert_eq!(first["build"], own);
    site.build.send_replace(ready("2"));
    let next = page.until(|it| it["build"] != own).await;
    assert!(next["build"].as_str().unwrap().starts_with("2-"));
}

#[actix_web::test]
async fn the_same_number_of_another_run_is_another_build() {
    let (one, other) = (Site::start(), Site::start());
    let one = Page::open(&one, "en").await.until(|_| true).await;
    let other = Page::open(&other, "en").await.until(|_| true).await;
    assert_ne!(one["build"], other["build"]);
}

#[actix_web::test]
async fn a_broken_build_is_said_until_it_is_mended_also_to_pages_that_come_later() {
    let nobody = Upstream::start(|_| actix_web::HttpResponse::Ok().finish());
    let wanted = Wanted {
        proxy: nobody.address,
        simulator: nobody.address,
        ..Wanted::default()
    };
    let site = Site::wanted(&wanted);
    let mut early = Page::open(&site, "en").await;
    assert_eq!(early.until(|_| true).await["notes"], json!([]));
    let words = "error[E0425]: cannot find value `x`";
    site.build
        .send_modify(|it| it.broken = Some(words.to_owned()));
    let mut late = Page::open(&site, "zh-CN").await;
    for (page, title) in [
        (&mut early, "does not compile"),
        (&mut late, "应用编译失败"),
    ] {
        let event = page.until(|it| it["notes"] != json!([])).await;
        assert!(titles(&event)[0].contains(title), "{event}");
        assert_eq!(event["notes"][0]["text"], words);
        // Of the last good build.
        assert!(event["build"].as_str().unwrap().starts_with("1-"));
    }
    // Taken back rather than mended, it is the same build, which nobody has to load again.
    for number in ["1", "2"] {
        site.build.send_replace(ready(number));
        for page in [&mut early, &mut late] {
            let build = format!("{number}-");
            let is_it = |it: &Value| it["build"].as_str().unwrap().starts_with(&build);
            page.until(|it| is_it(it) && it["notes"] == json!([])).await;
        }
    }
}

#[actix_web::test]
async fn programs_that_are_missing_are_named_with_what_starts_them() {
    let wanted = Wanted::default();
    let site = Site::wanted(&wanted);
    let mut page = Page::open(&site, "en").await;
    let event = page.until(|it| titles(it).len() == 2).await;
    let (proxy, simulator) = (wanted.proxy.to_string(), wanted.simulator.to_string());
    for (title, words) in titles(&event).iter().zip([
        [&*proxy, "make dev", "cargo run -p wechat-login-proxy"],
        [&*simulator, "make dev", "cargo run -p wechat-simulator"],
    ]) {
        assert!(words.iter().all(|it| title.contains(it)), "{title}");
    }
}
