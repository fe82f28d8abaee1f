//! `POST /api/session` with what no honest app sends. None of it reaches WeChat.

use crate::support::*;

#[actix_web::test]
async fn accounts_codes_and_verifiers_of_another_form_are_refused_by_name() {
    let (upstream, proxy) = scripted([]).await;
    let long_code = "a".repeat(129);
    let [short, long, odd, wide] =
        [("a", 31), ("a", 33), ("-", 32), ("é", 16)].map(|(it, times)| it.repeat(times));
    let accounts = ["", "florist", "Shop", "shop ", APPID];
    let accounts = accounts.map(|it| (it, "code", VERIFIER, "The account "));
    let codes = ["", &long_code, "a b", "a\r\nX: y", "码", "\u{0}"];
    let codes = codes.map(|it| ("shop", it, VERIFIER, "The code "));
    let verifiers = ["", short.as_str(), &long, &odd, &wide];
    let verifiers = verifiers.map(|it| ("shop", "code", it, "The verifier "));
    let cases = accounts.into_iter().chain(codes).chain(verifiers);
    for (account, code, verifier, words) in cases {
        let response = proxy.sign_in_to(account, code, verifier).await;
        let error = response.error(400, InvalidRequest).await;
        assert!(error.message.starts_with(words), "{}", error.message);
    }
    assert_eq!(upstream.exchanges(), 0);
}

#[actix_web::test]
async fn the_longest_code_and_odd_characters_reach_wechat_unchanged() {
    let (upstream, proxy) = scripted([]).await;
    proxy.sign_in(&"a".repeat(128), VERIFIER).await;
    proxy.sign_in("a&secret=b#c+d%", VERIFIER).await;
    let targets = upstream.targets();
    assert!(targets[0].contains(&format!("&code={}&grant_type=", "a".repeat(128))));
    assert_eq!(
        targets[1],
        "/sns/oauth2/access_token?appid=wx00000000000000a1&secret=simulator-secret-a1\
         &code=a%26secret%3Db%23c%2Bd%25&grant_type=authorization_code"
    );
}

#[actix_web::test]
async fn a_body_that_is_not_the_expected_json_is_refused() {
    let (upstream, proxy) = scripted([]).await;
    for body in [
        "",
        "{",
        "null",
        "[]",
        "account=shop",
        &"[".repeat(4000),
        &json!({ "account": "shop", "code": "c", "verifier": VERIFIER, "openid": "o" }).to_string(),
        &json!({ "account": "shop", "code": "c" }).to_string(),
        &json!({ "account": "shop", "code": 1, "verifier": VERIFIER }).to_string(),
        &json!(["shop", "c", VERIFIER, false]).to_string(),
    ] {
        let response = proxy.post(body.to_owned()).await;
        let error = response.error(400, InvalidRequest).await;
        assert!(error.message.starts_with("The body "), "{}", error.message);
    }
    let response = proxy.post(vec![0xff, 0xfe]).await;
    response.error(400, InvalidRequest).await;
    assert_eq!(upstream.exchanges(), 0);
}
