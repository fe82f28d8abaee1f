//! How WeChat's addresses may be asked. The documents say `GET`; clients in use send forms, and half of them.
//!
//! Written to the socket by hand, because what is sent is the point.

use reqwest::Method;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use wechat_simulator::{Effect, Endpoint, GrantedScope};

use crate::support::*;

const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";
const CLOSE: &str = "HTTP/1.1\r\nHost: h\r\nConnection: close\r\n";
const ODD_JSON: &str = "application/json; encoding=utf-8";

/// Writes a request and gives all that comes back until the connection ends.
async fn raw(world: &World, request: impl AsRef<[u8]>) -> String {
    let address = world.simulator.base_url().replace("http://", "");
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_ref()).await.unwrap();
    let mut response = Vec::new();
    stream.read_to_end(&mut response).await.unwrap();
    String::from_utf8_lossy(&response).into_owned()
}

/// Sends a body under these headers and reads the response's JSON.
async fn send(world: &World, target: &str, headers: &str, body: impl AsRef<[u8]>) -> Value {
    let body = body.as_ref();
    let length = body.len();
    let head = format!("POST {target} {CLOSE}Content-Length: {length}\r\n{headers}\r\n");
    let response = raw(world, [head.as_bytes(), body].concat()).await;
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {body}"))
}

fn code(world: &World) -> String {
    world.code("xiaoming", GrantedScope::Userinfo)
}

fn form(code: &str) -> String {
    query_of(&exchange_query(BOOKS, BOOKS_SECRET, code))
}

// Clients in use: weixin-popular, python-social-auth and django-allauth send a form, Auth.js half of it in the query.
// Choice: what stands in both counts as the query has it; nobody is known to send a name twice.
#[actix_web::test]
async fn query_and_form_are_read_together_by_get_and_by_post_and_the_query_first() {
    let world = World::new().await;
    let half = format!("?appid={BOOKS}&secret={BOOKS_SECRET}");
    let rest = |code: &str| format!("code={code}&grant_type=authorization_code&redirect_uri=x&x=1");
    let query = || format!("?{}", form(&code(&world)));
    for (case, query, headers, body) in [
        ("form", String::new(), FORM, form(&code(&world))),
        ("both", half, FORM, rest(&code(&world))),
        ("query", query(), "", String::new()),
        ("query, empty form", query(), FORM, String::new()),
    ] {
        let target = format!("{EXCHANGE}{query}");
        let body = send(&world, &target, headers, body).await;
        assert!(body["openid"].is_string(), "{case}");
    }
    let logged = world.simulator.requests().pop().unwrap();
    assert_eq!((logged.method.as_str(), logged.errcode), ("POST", 0));

    let body = form(&code(&world));
    let length = body.len();
    let get = format!("GET {EXCHANGE} {CLOSE}{FORM}Content-Length: {length}\r\n\r\n{body}");
    assert!(raw(&world, get).await.contains("\"openid\""));

    let body = form(&code(&world));
    let target = format!("{EXCHANGE}?secret=wrong");
    assert_eq!(send(&world, &target, FORM, &body).await["errcode"], 40125);
    let target = format!("{EXCHANGE}?secret={BOOKS_SECRET}");
    let body = body.replace(BOOKS_SECRET, "wrong");
    assert!(send(&world, &target, FORM, body).await["openid"].is_string());
}

// The same clients ask on by POST or by GET.
#[actix_web::test]
async fn every_call_takes_a_form() {
    let world = World::new().await;
    let tokens = send(&world, EXCHANGE, FORM, form(&code(&world))).await;
    let about = query_of(&and(&bearer(&tokens), "lang", "zh_CN"));
    let user = send(&world, USERINFO, FORM, &about).await;
    assert_eq!(user["nickname"], "小明");
    assert_eq!(send(&world, AUTH, FORM, &about).await["errcode"], 0);
    let again = query_of(&refresh_query(&tokens));
    let refreshed = send(&world, REFRESH, FORM, again).await;
    assert_eq!(refreshed["access_token"], tokens["access_token"]);
    let token = send(&world, TOKEN, FORM, query_of(&CREDENTIALS)).await;
    assert_eq!(token["expires_in"], 7200);
}

// Clients in use name the charset; what WeChat makes of other types is a choice, of JSON it is reported.
#[actix_web::test]
async fn a_form_is_a_form_whatever_is_said_about_its_charset_and_json_is_none() {
    let world = World::new().await;
    for headers in [
        "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n",
        "Content-Type: application/x-www-form-urlencoded;charset=gbk\r\n",
        "Content-Type: Application/X-WWW-Form-Urlencoded ; boundary=x\r\n",
        "Content-Type: \r\n",
        "Content-Type: ;\r\n",
        "",
    ] {
        let body = send(&world, EXCHANGE, headers, form(&code(&world))).await;
        assert!(body["openid"].is_string(), "{headers}");
    }

    let code = code(&world);
    let json = format!(r#"{{"appid":"{BOOKS}","secret":"{BOOKS_SECRET}","code":"{code}"}}"#);
    let part =
        format!("--x\r\nContent-Disposition: form-data; name=\"appid\"\r\n\r\n{BOOKS}\r\n--x--");
    for (headers, body) in [
        ("Content-Type: application/json\r\n", &json),
        ("Content-Type: multipart/form-data; boundary=x\r\n", &part),
        ("Content-Type: text/plain\r\n", &form(&code)),
        ("Content-Type: \u{e9}\r\n", &form(&code)),
        // A body of another kind that does not say so: nothing of it is repeated.
        ("", &json),
    ] {
        let body = send(&world, EXCHANGE, headers, body).await;
        assert_eq!(body["errcode"], 41002, "{headers}");
    }
    let log = format!("{:?}", world.simulator.requests());
    assert!(!log.contains(BOOKS_SECRET) && !log.contains(&code));
    assert!(world.is_usable(&code).await);
}

// Ours: whatever bytes come, there is a response, and the next request finds all as it was.
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
        let body = send(&world, EXCHANGE, FORM, body).await;
        assert_eq!(body["errcode"], errcode, "{}", odd.escape_ascii());
    }
    let target = format!("{EXCHANGE}?{}", form(&code));
    let length = 64 * 1024 + 1;
    let head = format!("POST {target} {CLOSE}{FORM}Content-Length: {length}\r\n\r\n");
    let response = raw(&world, head + &"x".repeat(length)).await;
    assert!(response.starts_with("HTTP/1.1 413 "), "{response}");
    assert!(world.is_usable(&code).await);
}

// Clients in use: older .NET asks before it sends a body, proxies speak HTTP/1.0, streams have no length.
#[actix_web::test]
async fn http_1_0_chunks_and_expect_are_understood() {
    let world = World::new().await;
    let post = async |head: &str, body: &dyn Fn(&str) -> String| {
        let form = form(&code(&world));
        let length = format!("Content-Length: {}\r\n", form.len());
        let head = head.replace("LENGTH", &length);
        let request = format!("POST {EXCHANGE} {head}{FORM}\r\n{}", body(&form));
        let response = raw(&world, request).await;
        assert!(response.contains("\"openid\""), "{response}");
        response
    };
    let whole = |form: &str| form.to_owned();
    let old = post("HTTP/1.0\r\nLENGTH", &whole).await;
    assert!(old.starts_with("HTTP/1.0 200 "), "{old}");

    let chunks = |form: &str| {
        let (one, other) = form.split_at(20);
        format!("14\r\n{one}\r\n{:x}\r\n{other}\r\n0\r\n\r\n", other.len())
    };
    let chunked = format!("{CLOSE}Transfer-Encoding: chunked\r\n");
    post(&chunked, &chunks).await;

    let expecting = format!("{CLOSE}LENGTHExpect: 100-continue\r\n");
    let response = post(&expecting, &whole).await;
    assert!(response.starts_with("HTTP/1.1 100 "), "{response}");
    assert!(response.contains("HTTP/1.1 200 "), "{response}");
}

// codes: 43001. No client in use sends one of these, so whether WeChat says so is a choice. It is a response a client may
// have to live with, so a fault rule brings it about for POST.
#[actix_web::test]
async fn other_methods_get_43001() {
    let world = World::new().await;
    for (path, content_type) in [
        (EXCHANGE, "text/plain"),
        (REFRESH, "text/plain"),
        (USERINFO, "text/plain"),
        (AUTH, "text/plain"),
        (TOKEN, ODD_JSON),
    ] {
        for method in [Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS] {
            let response = world.call(method, path).await;
            assert_eq!(response.status, 200, "{path}");
            assert_eq!(response.header("content-type"), content_type, "{path}");
            assert_eq!(response.json()["errcode"], 43001, "{path}");
        }
    }
    let code = code(&world);
    world.order(Endpoint::AccessToken, errcode(43001));
    let refused = send(&world, EXCHANGE, FORM, form(&code)).await;
    let errmsg = refused["errmsg"].as_str().unwrap();
    assert!(errmsg.starts_with("require GET method, rid: "));
    assert!(send(&world, EXCHANGE, FORM, form(&code)).await["openid"].is_string());
}

// Choice: link checkers and previews ask like this.
#[actix_web::test]
async fn a_head_sees_the_redirect_and_issues_no_code() {
    let world = World::with(|settings| {
        settings.snapshot_at_once = true;
        settings.deliver_twice = true;
    })
    .await;
    world.order(Endpoint::Authorize, Effect::EmptyBody);
    for (person, scope) in [
        ("xiaoming", "snsapi_base"),
        ("caidan", "snsapi_userinfo"),
        ("kuaizhao", "snsapi_userinfo"),
    ] {
        world.simulator.set_current(person);
        let path = authorize_path(&request(APP, scope, "s1"));
        let response = world.call(Method::HEAD, &path).await;
        assert_eq!(response.status, 302, "{person}");
        let target = response.location();
        assert!(target.starts_with(APP) && target.ends_with("&state=s1"));
        let code = response.code();
        let body = world.exchange(BOOKS, &code).await;
        assert_eq!((code.len(), &body["errcode"]), (32, &40029.into()));
    }
    assert_eq!(world.simulator.faults().len(), 1, "no rule is used up");
    assert_eq!(world.simulator.requests()[0].method, "HEAD");
}

// The calls, the pages of WeChat's and ours. Choice: a HEAD spends nothing.
#[actix_web::test]
async fn a_head_has_the_status_and_type_of_a_get_and_spends_nothing() {
    let world = World::new().await;
    world.order(Endpoint::AccessToken, Effect::EmptyBody);
    let refused = with(&asking(), "redirect_uri", "https://evil.example/");
    let login = query_of(&with(&request(APP, "snsapi_login", "s"), "appid", WEBSITE));
    let paths = [
        format!("{EXCHANGE}?{}", form(&code(&world))),
        format!("{TOKEN}?{}", query_of(&CREDENTIALS)),
        authorize_path(&asking()),
        authorize_path(&refused),
        format!("/connect/qrconnect?{login}"),
        "/_simulator".into(),
        "/_simulator/health".into(),
        "/_simulator/avatar/xiaoming/132".into(),
    ];
    let mut heads = Vec::new();
    for path in &paths {
        heads.push(world.call(Method::HEAD, path).await);
    }
    assert_eq!(world.simulator.faults().len(), 1);
    world.simulator.clear_faults();
    for (path, head) in paths.iter().zip(heads) {
        let get = world.get(path).await;
        assert_eq!(head.status, get.status, "{path}");
        let content_type = head.header("content-type");
        assert_eq!(content_type, get.header("content-type"), "{path}");
        // The code is still there.
        let is_usable = get.contains("openid");
        assert!(is_usable || !path.starts_with(EXCHANGE));
    }
    let post = world.call(Method::POST, &paths[2]).await;
    assert_eq!(post.status, 404, "no other method than these two");
}
