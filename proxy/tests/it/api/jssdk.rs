//! The signature with which pages use WeChat's JS-SDK.

use std::collections::BTreeMap;

use api_types::{JssdkConfig, LoginState};
use futures_util::future::join_all;
use wechat_oauth::{AppSecret, Client, JsapiTicket, Options};
use wechat_simulator::{Effect, Endpoint, Fault};

use crate::support::*;

const JSSDK: (&str, &str) = ("ACCOUNTS__SHOP__JSSDK", "true");
const PAGE: &str = "http://127.0.0.1:8080/orders?tab=%E8%8C%B6";
const TICKET: &str = "/cgi-bin/ticket/getticket";
const TOKEN: &str = "/cgi-bin/stable_token";

/// Asks for the signature of an address.
async fn sign(caller: &Caller, address: &str) -> Response {
    let url = reqwest::Url::parse_with_params("http://h/api/jssdk", [("url", address)]).unwrap();
    let query = url.query().unwrap();
    caller.get(&format!("/api/jssdk?{query}")).await
}

/// The simulator's ticket of the account `shop`, and the token it was got with; the same for all who ask.
async fn ticket_of(simulator: &Simulator) -> JsapiTicket {
    let mut options = Options::default();
    options.api_base = simulator.base_url();
    let client = Client::with(reqwest::Client::builder(), options).unwrap();
    let appid = AppId::parse(APPID).unwrap();
    let secret = AppSecret::parse(SECRET).unwrap();
    let token = client.account_token(&appid, &secret).await.unwrap().token;
    let ticket = client.jsapi_ticket(&token).await.unwrap();
    suite_log::must_not_be_logged([token.expose(), ticket.ticket.expose()]);
    ticket
}

/// How often this was asked of the simulator.
fn count(simulator: &Simulator, path: &str) -> usize {
    let requests = simulator.requests();
    requests.iter().filter(|it| it.path == path).count()
}

fn errcode(endpoint: Endpoint, errcode: i64, times: u32) -> Fault {
    let errmsg = None;
    Fault::new(endpoint, Effect::Errcode { errcode, errmsg }).times(times)
}

#[actix_web::test]
async fn a_page_is_signed_with_the_accounts_ticket_which_nobody_is_told() {
    let (simulator, proxy) = simulated_with(&[JSSDK]).await;
    let answer = sign(&proxy, PAGE).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let text = answer.string().await;
    let it: JssdkConfig = serde_json::from_str(&text).unwrap();
    let ticket = ticket_of(&simulator).await;
    let signature = ticket.sign(&it.nonce, it.timestamp, PAGE);
    assert_eq!((it.appid.as_str(), it.timestamp), (APPID, NOW));
    assert_eq!(it.signature, signature);
    let script = format!("{}/_simulator/jssdk.js", simulator.base_url());
    assert_eq!(it.script, script);
    let members: BTreeMap<String, Value> = serde_json::from_str(&text).unwrap();
    let names: Vec<&String> = members.keys().collect();
    assert_eq!(
        names,
        ["appId", "nonceStr", "script", "signature", "timestamp"]
    );

    let other: JssdkConfig = sign(&proxy, PAGE).await.object().await;
    assert_ne!(other.nonce, it.nonce);
    assert_not_logged(&[ticket.ticket.expose(), &signature, "tab="]);
}

#[actix_web::test]
async fn one_ticket_does_for_all_until_shortly_before_its_end() {
    let (simulator, proxy) = simulated_with(&[JSSDK]).await;
    let answers = join_all((0..20).map(|_| sign(&proxy, PAGE))).await;
    assert!(answers.iter().all(|it| it.status() == 200));
    let counts = || (count(&simulator, TOKEN), count(&simulator, TICKET));
    assert_eq!(counts(), (1, 1));

    for clock in [7200 - 241, 1] {
        assert_eq!(counts(), (1, 1));
        simulator.advance_clock(Duration::from_secs(clock));
        proxy.clock.advance(Duration::from_secs(clock));
        sign(&proxy, PAGE).await.object::<JssdkConfig>().await;
    }
    // Nobody waited for the new one, which comes a moment later.
    while count(&simulator, TICKET) < 2 {
        tokio::task::yield_now().await;
    }
}

#[actix_web::test]
async fn a_token_that_is_not_taken_any_more_is_asked_for_anew_once() {
    for code in [40001, 40014, 42001] {
        let (simulator, proxy) = simulated_with(&[JSSDK]).await;
        simulator.add_fault(errcode(Endpoint::Ticket, code, 1));
        sign(&proxy, PAGE).await.object::<JssdkConfig>().await;
        let counts = (count(&simulator, TOKEN), count(&simulator, TICKET));
        assert_eq!(counts, (2, 2), "{code}");

        let (simulator, proxy) = simulated_with(&[JSSDK]).await;
        simulator.add_fault(errcode(Endpoint::Ticket, code, 9));
        for _ in 0..5 {
            let error = sign(&proxy, PAGE).await.error(502, RefusedByWechat).await;
            let message = &error.message;
            assert!(message.contains("another program renews it"), "{message}");
            assert_eq!(error.wechat.unwrap().errcode, code);
        }
        let counts = (count(&simulator, TOKEN), count(&simulator, TICKET));
        assert_eq!(counts, (2, 2), "{code}");
    }
}

#[actix_web::test]
async fn a_failure_is_not_asked_about_again_at_once() {
    let (simulator, proxy) = simulated_with(&[JSSDK]).await;
    for (endpoint, code, status, name, pause) in [
        (Endpoint::StableToken, 40164, 502, RefusedByWechat, 10),
        (Endpoint::StableToken, -1, 503, WechatUnavailable, 10),
        (Endpoint::Ticket, 48001, 502, RefusedByWechat, 10),
        (Endpoint::Ticket, 45009, 429, RateLimited, 60),
    ] {
        let before = simulator.requests().len();
        simulator.add_fault(errcode(endpoint, code, 1));
        for _ in 0..3 {
            let answer = sign(&proxy, PAGE).await;
            assert_eq!(answer.has("retry-after"), name == RateLimited);
            let error = answer.error(status, name).await;
            assert!(!error.message.contains("login"), "{}", error.message);
        }
        assert_eq!(simulator.faults().len(), 0, "{code}");
        let asked = simulator.requests().len() - before;
        assert!(asked <= 2, "{code}: {asked}");
        proxy.clock.advance(Duration::from_secs(pause));
    }
    sign(&proxy, PAGE).await.object::<JssdkConfig>().await;
}

#[actix_web::test]
async fn only_pages_of_ours_are_signed_letter_by_letter() {
    let (simulator, proxy) = simulated_with(&[
        JSSDK,
        ("PUBLIC_URL", "http://127.0.0.1:8080/h5"),
        ("ALLOWED_ORIGINS", "http://127.0.0.1:3000"),
    ])
    .await;
    let ticket = ticket_of(&simulator).await;
    for address in [
        "http://127.0.0.1:8080/h5",
        "http://127.0.0.1:8080/h5/",
        "http://127.0.0.1:8080/h5/orders?a=b+c%20d&state=open&code=INVITE",
        "http://127.0.0.1:8080/h5/?x=http://evil.example/&url=",
        "http://127.0.0.1:8080/h5/茶?q=茶",
        "http://127.0.0.1:3000/",
        "http://127.0.0.1:3000/anywhere?from=singlemessage",
    ] {
        let it: JssdkConfig = sign(&proxy, address).await.object().await;
        let expected = ticket.sign(&it.nonce, it.timestamp, address);
        assert_eq!(it.signature, expected, "{address}");
    }
    let login = LoginState {
        attempt: 1,
        made_at: 1_000,
    };
    let state = login.write("abcdefghijABCDEFGHIJ01");
    let callback = format!("http://127.0.0.1:8080/h5/?code=C&state={state}");
    let long = format!("http://127.0.0.1:8080/h5/{}", "a".repeat(4096 - 25));
    sign(&proxy, &long).await.object::<JssdkConfig>().await;
    for address in [
        "",
        "/h5/orders",
        "//127.0.0.1:8080/h5/",
        "http://127.0.0.1:8080",
        "http://127.0.0.1:8080/",
        "http://127.0.0.1:8080/h5x",
        "http://127.0.0.1:8080/h5/../admin",
        "http://127.0.0.1:8080/h5/%2e%2e/admin",
        "https://127.0.0.1:8080/h5/",
        "http://127.0.0.1/h5/",
        "http://127.0.0.1:80801/h5/",
        "http://127.0.0.1:8080@evil.example/h5/",
        "http://127.0.0.1:8080.evil.example/h5/",
        "http://127.0.0.1:8080\\@evil.example/h5/",
        "http://user@127.0.0.1:8080/h5/",
        "HTTP://127.0.0.1:8080/h5/",
        "http://127.0.0.1:8080/h5/#top",
        "http://127.0.0.1:8080/h5/a b",
        "http://127.0.0.1:8080/h5/\n",
        " http://127.0.0.1:8080/h5/",
        "http://127.0.0.1:3000",
        "http://127.0.0.1:3001/",
        "http://127.0.0.1:3000//evil.example/",
        "javascript:alert(1)",
        &callback,
        &format!("{long}a"),
    ] {
        let answer = sign(&proxy, address).await;
        answer.error(400, ForeignAddress).await;
    }
    let chinese = [("Accept-Language", "zh-CN")];
    let answer = proxy.ask("GET /api/jssdk?url=x", &chinese).await;
    let text = answer.string().await;
    assert!(text.contains("不予签名"), "{text}");
    let none = proxy.get("/api/jssdk").await;
    let message = none.error(400, ForeignAddress).await.message;
    assert!(message.contains("Send as url"), "{message}");
}

#[actix_web::test]
async fn an_account_signs_only_where_that_is_switched_on() {
    let none = TestProxy::alone().await;
    for line in ["GET /api/jssdk?url=x", "POST /api/jssdk"] {
        none.ask(line, &[]).await.error(404, NotFound).await;
    }
    let (simulator, proxy) = simulated_with(&[JSSDK]).await;
    let at = |account: &str| format!("/api/jssdk?url={PAGE}&account={account}");
    for (account, code) in [("cafe", WrongApplication), ("nobody", InvalidRequest)] {
        proxy.get(&at(account)).await.error(400, code).await;
    }
    assert_eq!(simulator.requests().len(), 0);
    // Unless one is named it is that of the session.
    let at_cafe = user(&proxy, "cafe", "oAtTheCafe", None).await;
    let answer = sign(&at_cafe, PAGE).await;
    answer.error(400, WrongApplication).await;
    let answer = at_cafe.get(&at("shop")).await;
    answer.object::<JssdkConfig>().await;
}

#[actix_web::test]
async fn pages_may_load_the_script_and_only_where_that_is_switched_on() {
    let folder = folder_of(&[("index.html", "<p>")]);
    let folder = folder.path().to_str().unwrap();
    let policy = async |others: &[(&str, &str)]| {
        let others = [&[("STATIC_DIR", folder)], others].concat();
        let proxy = TestProxy::alone_with(&others).await;
        let answer = proxy.ask("GET /", &[("Accept", "text/html")]).await;
        answer.header("content-security-policy").to_owned()
    };
    let without = policy(&[]).await;
    let script = "script-src 'self' 'wasm-unsafe-eval'";
    assert!(without.contains(&format!("{script};")), "{without}");
    let simulated = without.replace(script, &format!("{script} {NO_WECHAT}"));
    // The script reports to WeChat's own host, whoever plays WeChat.
    let pictures = format!("qlogo.cn {NO_WECHAT}");
    let reporting = format!("{pictures} https://open.weixin.qq.com");
    assert_eq!(
        policy(&[JSSDK]).await,
        simulated.replace(&pictures, &reporting)
    );

    let real = [
        ("SIMULATOR", "false"),
        ("TEST_ACCOUNT", "true"),
        ("WECHAT__API_BASE", "https://api.weixin.qq.com"),
        ("WECHAT__OPEN_BASE", "https://open.weixin.qq.com"),
    ];
    let without = policy(&real).await;
    assert!(!without.contains("qq.com"), "{without}");
    let with = |scripts: &str| {
        let scripts = without.replace(script, &format!("{script} {scripts}"));
        scripts.replace("qlogo.cn;", "qlogo.cn https://open.weixin.qq.com;")
    };
    let wechat = "https://res.wx.qq.com https://res2.wx.qq.com";
    assert_eq!(policy(&[&real[..], &[JSSDK]].concat()).await, with(wechat));
    let copy = "https://static.shop.example/jweixin.js";
    let own = [&real[..], &[JSSDK, ("WECHAT__JSSDK_SCRIPT", copy)]].concat();
    assert_eq!(policy(&own).await, with("https://static.shop.example"));
}
