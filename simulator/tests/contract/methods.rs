//! How `/sns/*` and `/cgi-bin/token` may be asked. The documents say `GET`; clients in use send forms, and half of them.
//!
//! Written to the socket by hand, because what is sent is the point.

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use wechat_simulator::{Effect, Endpoint, Fault, GrantedScope};

use crate::support::*;

const EXCHANGE: &str = "/sns/oauth2/access_token";
const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

/// Writes a request and gives all that comes back until the connection ends.
async fn raw(world: &World, request: impl AsRef<[u8]>) -> String {
    let address = world.simulator.base_url().replace("http://", "");
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_ref()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// Sends a body under these headers and reads the answer's JSON.
async fn send(world: &World, target: &str, headers: &str, body: impl AsRef<[u8]>) -> Value {
    let body = body.as_ref();
    let length = body.len();
    let mut request = format!(
        "POST {target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n"
    )
    .into_bytes();
    request.extend(body);
    let answer = raw(world, request).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {body}"))
}

fn code(world: &World) -> String {
    let scope = GrantedScope::Userinfo;
    world.simulator.issue_code(BOOKS, "xiaoming", scope)
}

fn form(code: &str) -> String {
    format!("appid={BOOKS}&secret={BOOKS_SECRET}&code={code}&grant_type=authorization_code")
}

// Clients in use: weixin-popular, python-social-auth and django-allauth send a form, Auth.js half of it in the query.
#[actix_web::test]
async fn query_and_form_are_read_together_by_get_and_by_post() {
    let world = World::new().await;
    let half = |code: &str| format!("code={code}&grant_type=authorization_code&redirect_uri=x&x=1");
    let whole = form(&code(&world));
    assert!(send(&world, EXCHANGE, FORM, whole).await["openid"].is_string());
    let target = format!("{EXCHANGE}?appid={BOOKS}&secret={BOOKS_SECRET}");
    assert!(send(&world, &target, FORM, half(&code(&world))).await["openid"].is_string());
    // All in the query and an empty body, with a type and without.
    for headers in ["", FORM] {
        let target = format!("{EXCHANGE}?{}", form(&code(&world)));
        assert!(send(&world, &target, headers, "").await["openid"].is_string());
    }
    let logged = world.simulator.requests().pop().unwrap();
    assert_eq!((logged.method.as_str(), logged.errcode), ("POST", 0));

    let body = form(&code(&world));
    let get = format!(
        "GET {EXCHANGE} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n{FORM}Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    assert!(raw(&world, get).await.contains("\"openid\""));
}

// The same clients ask on by POST or by GET.
#[actix_web::test]
async fn every_call_takes_a_form() {
    let world = World::new().await;
    let tokens = send(&world, EXCHANGE, FORM, form(&code(&world))).await;
    let [access, refresh, openid] = ["access_token", "refresh_token", "openid"]
        .map(|name| tokens[name].as_str().unwrap().to_owned());
    let about = format!("access_token={access}&openid={openid}&lang=zh_CN");
    let user = send(&world, "/sns/userinfo", FORM, &about).await;
    assert_eq!(user["nickname"], "小明");
    let checked = send(&world, "/sns/auth", FORM, &about).await;
    assert_eq!(checked["errcode"], 0);
    let again = format!("appid={BOOKS}&grant_type=refresh_token&refresh_token={refresh}");
    let refreshed = send(&world, "/sns/oauth2/refresh_token", FORM, again).await;
    assert_eq!(refreshed["access_token"], *access);
    let credentials = format!("grant_type=client_credential&appid={BOOKS}&secret={BOOKS_SECRET}");
    let token = send(&world, "/cgi-bin/token", FORM, credentials).await;
    assert_eq!(token["expires_in"], 7200);
}

// Choice: nobody is known to send a name twice.
#[actix_web::test]
async fn what_stands_in_query_and_form_counts_as_the_query_has_it() {
    let world = World::new().await;
    let code = code(&world);
    let body = form(&code);
    let target = format!("{EXCHANGE}?secret=wrong");
    assert_eq!(send(&world, &target, FORM, &body).await["errcode"], 40125);
    let target = format!("{EXCHANGE}?secret={BOOKS_SECRET}");
    let body = body.replace(BOOKS_SECRET, "wrong");
    assert!(send(&world, &target, FORM, body).await["openid"].is_string());
}

// Clients in use name the charset; what WeChat makes of other types is a choice, of JSON it is reported.
#[actix_web::test]
async fn a_form_is_a_form_whatever_is_said_about_its_charset_and_json_is_none() {
    let world = World::new().await;
    for content_type in [
        "application/x-www-form-urlencoded; charset=UTF-8",
        "application/x-www-form-urlencoded;charset=gbk",
        "Application/X-WWW-Form-Urlencoded ; boundary=x",
        "",
        ";",
    ] {
        let headers = format!("Content-Type: {content_type}\r\n");
        let answer = send(&world, EXCHANGE, &headers, form(&code(&world))).await;
        assert!(answer["openid"].is_string(), "{content_type}");
    }
    let answer = send(&world, EXCHANGE, "", form(&code(&world))).await;
    assert!(answer["openid"].is_string());

    let code = code(&world);
    let json = format!(r#"{{"appid":"{BOOKS}","secret":"{BOOKS_SECRET}","code":"{code}"}}"#);
    let part =
        format!("--x\r\nContent-Disposition: form-data; name=\"appid\"\r\n\r\n{BOOKS}\r\n--x--");
    for (content_type, body) in [
        ("application/json", &json),
        ("multipart/form-data; boundary=x", &part),
        ("text/plain", &form(&code)),
        ("\u{e9}", &form(&code)),
    ] {
        let headers = format!("Content-Type: {content_type}\r\n");
        let answer = send(&world, EXCHANGE, &headers, body).await;
        assert_eq!(answer["errcode"], 41002, "{content_type}");
    }
    // A body of another kind that does not say so: nothing of it is repeated.
    assert_eq!(send(&world, EXCHANGE, "", &json).await["errcode"], 41002);
    let log = format!("{:?}", world.simulator.requests());
    assert!(!log.contains(BOOKS_SECRET) && !log.contains(&code));
    assert!(world.exchange(BOOKS, BOOKS_SECRET, &code).await["openid"].is_string());
}

// Ours: whatever bytes come, there is an answer, and the next request finds all as it was.
#[actix_web::test]
async fn odd_bytes_are_survived_and_bodies_are_bounded() {
    let world = World::new().await;
    let code = code(&world);
    // Of a name that comes twice the first counts; behind the odd bytes all is well but for the secret.
    let rest = form(&code).replace(BOOKS_SECRET, "wrong");
    for (odd, errcode) in [
        (&b"\xff\xfe\x00=\xc3("[..], 40125),
        (b"appid=%", 40013),
        (b"appid=%zz&code=%E8%8C", 40013),
        (b"appid=\xcf\xb0", 40013),
        (b"&&=&=&%00&appid", 41002),
    ] {
        let body = [odd, b"&", rest.as_bytes()].concat();
        let answer = send(&world, EXCHANGE, FORM, body).await;
        assert_eq!(answer["errcode"], errcode, "{}", odd.escape_ascii());
    }
    let large = "x".repeat(64 * 1024 + 1);
    let request = format!(
        "POST {EXCHANGE}?{} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n{FORM}Content-Length: {}\r\n\r\n",
        form(&code),
        large.len()
    );
    assert!(
        raw(&world, request + &large)
            .await
            .starts_with("HTTP/1.1 413 ")
    );
    assert!(world.exchange(BOOKS, BOOKS_SECRET, &code).await["openid"].is_string());
}

// Clients in use: older .NET asks before it sends a body, proxies speak HTTP/1.0, streams have no length.
#[actix_web::test]
async fn http_1_0_chunks_and_expect_are_understood() {
    let world = World::new().await;
    let body = form(&code(&world));
    let length = body.len();
    let old = raw(
        &world,
        format!("POST {EXCHANGE} HTTP/1.0\r\n{FORM}Content-Length: {length}\r\n\r\n{body}"),
    )
    .await;
    assert!(
        old.starts_with("HTTP/1.0 200 ") && old.contains("\"openid\""),
        "{old}"
    );

    let body = form(&code(&world));
    let (one, other) = body.split_at(20);
    let chunks = format!("14\r\n{one}\r\n{:x}\r\n{other}\r\n0\r\n\r\n", other.len());
    let head = "HTTP/1.1\r\nHost: h\r\nConnection: close\r\n";
    let chunked = format!("POST {EXCHANGE} {head}{FORM}Transfer-Encoding: chunked\r\n\r\n{chunks}");
    assert!(raw(&world, chunked).await.contains("\"openid\""));

    let body = form(&code(&world));
    let length = body.len();
    let expecting = format!(
        "POST {EXCHANGE} {head}{FORM}Content-Length: {length}\r\nExpect: 100-continue\r\n\r\n{body}"
    );
    let answer = raw(&world, expecting).await;
    assert!(answer.starts_with("HTTP/1.1 100 "), "{answer}");
    assert!(answer.contains("HTTP/1.1 200 ") && answer.contains("\"openid\""));
}

// Choice: a HEAD spends nothing.
#[actix_web::test]
async fn a_head_has_the_head_of_an_answer_and_spends_nothing() {
    let world = World::new().await;
    let fault = Fault::new(Endpoint::AccessToken, Effect::EmptyBody).times(1);
    world.simulator.add_fault(fault);
    let code = code(&world);
    for (target, content_type) in [
        (format!("{EXCHANGE}?{}", form(&code)), "text/plain"),
        (
            format!(
                "/cgi-bin/token?grant_type=client_credential&appid={BOOKS}&secret={BOOKS_SECRET}"
            ),
            "application/json; encoding=utf-8",
        ),
    ] {
        let response = world.browser.head(world.url(&target)).send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], content_type);
    }
    assert_eq!(world.simulator.faults().len(), 1);
    world.simulator.clear_faults();
    assert!(world.exchange(BOOKS, BOOKS_SECRET, &code).await["openid"].is_string());
}

// codes: 43001. No client in use sends one of these, so whether WeChat says so is a choice.
#[actix_web::test]
async fn other_methods_get_43001() {
    let world = World::new().await;
    for (path, content_type) in [
        (EXCHANGE, "text/plain"),
        ("/sns/oauth2/refresh_token", "text/plain"),
        ("/sns/userinfo", "text/plain"),
        ("/sns/auth", "text/plain"),
        ("/cgi-bin/token", "application/json; encoding=utf-8"),
    ] {
        for method in [
            reqwest::Method::PUT,
            reqwest::Method::DELETE,
            reqwest::Method::PATCH,
            reqwest::Method::OPTIONS,
        ] {
            let request = world.browser.request(method, world.url(path));
            let response = request.send().await.unwrap();
            assert_eq!(response.status(), 200);
            assert_eq!(response.headers()["content-type"], content_type);
            let body: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
            assert_eq!(body["errcode"], 43001);
        }
    }
}

// codes: 43001 is an answer a client may have to live with, so a rule brings it about.
#[actix_web::test]
async fn require_get_can_be_ordered() {
    let world = World::new().await;
    let code = code(&world);
    let errcode = Effect::Errcode {
        errcode: 43001,
        errmsg: None,
    };
    let fault = Fault::new(Endpoint::AccessToken, errcode).times(1);
    world.simulator.add_fault(fault);
    let refused = send(&world, EXCHANGE, FORM, form(&code)).await;
    let errmsg = refused["errmsg"].as_str().unwrap();
    assert!(errmsg.starts_with("require GET method, rid: "));
    let answer = send(&world, EXCHANGE, FORM, form(&code)).await;
    assert!(answer["openid"].is_string());
}
