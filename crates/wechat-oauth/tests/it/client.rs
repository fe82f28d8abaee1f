//! Each call, as it should go and as it should fail.

use std::io::{Read as _, Write as _};

use wechat_oauth::{
    AccessToken, AppSecret, AuthCode, Client, Endpoint, Error, ErrorCode, OpenId, Options,
    ProxyFault, Scope,
};
use wechat_simulator::GrantedScope;

use crate::{World, client_of, http};

#[tokio::test]
async fn a_code_becomes_a_token_that_is_checked_refreshed_and_tells_a_name() {
    let world = World::new().await;
    let code = world.code(GrantedScope::Userinfo);
    let (client, appid) = (&world.client, &world.appid);
    let grant = client
        .exchange_code(appid, &world.secret, &code)
        .await
        .unwrap();
    assert_eq!(
        grant.openid.expose(),
        world.simulator.openid(&appid.to_string(), "xiaoming")
    );
    assert_eq!((grant.scope, grant.snapshot), (Scope::Userinfo, false));
    assert_eq!(grant.expires_in, wechat_oauth::facts::TOKEN_LIFETIME);
    let user = client
        .fetch_user_info(&grant.token, &grant.openid)
        .await
        .unwrap();
    assert_eq!(user.nickname, "小明");
    client
        .check_token(&grant.token, &grant.openid)
        .await
        .unwrap();

    let refresh_token = grant.refresh_token.clone().unwrap();
    let again = client.refresh(appid, &refresh_token).await.unwrap();
    assert_eq!((again.token, again.openid), (grant.token, grant.openid));
    assert_eq!(
        world.calls(),
        [
            (Endpoint::AccessToken, false),
            (Endpoint::UserInfo, false),
            (Endpoint::Auth, false),
            (Endpoint::RefreshToken, false),
        ]
    );
}

#[tokio::test]
async fn refusals_have_their_code_and_quote_nothing_that_was_sent() {
    let world = World::new().await;
    let (client, appid, secret) = (&world.client, &world.appid, &world.secret);
    let other_secret = AppSecret::parse("wrong-secret-of-a-test").unwrap();
    let made_up = AuthCode::parse("made-up-code").unwrap();
    let token = AccessToken::parse("made-up-token").unwrap();
    let openid = OpenId::parse("made-up-openid").unwrap();
    let used = world.code(GrantedScope::Base);
    let exchange = async |secret, code| client.exchange_code(appid, secret, code).await.err();
    assert_eq!(exchange(secret, &used).await, None);
    use ErrorCode::{CodeUsed, InvalidCode, InvalidSecret, InvalidToken};
    let checked = client.check_token(&token, &openid).await.err();
    let named = client.fetch_user_info(&token, &openid).await.err();
    let given = client.account_token(appid, &other_secret).await.err();
    let refusals = [
        (exchange(secret, &made_up).await, InvalidCode),
        (exchange(secret, &used).await, CodeUsed),
        (exchange(&other_secret, &made_up).await, InvalidSecret),
        (checked, InvalidToken),
        (named, InvalidToken),
        (given, InvalidSecret),
    ];
    for (error, code) in refusals {
        let error = error.unwrap();
        assert_eq!(error.code(), Some(code));
        assert!(error.rid().is_some());
        let words = format!("{error} {error:?}");
        for secret in ["made-up", "wrong-secret", "http", used.expose()] {
            assert!(!words.contains(secret), "{words}");
        }
    }
}

#[tokio::test]
async fn where_nobody_listens_the_code_is_unspent_and_the_error_has_no_address() {
    let world = World::new().await;
    let code = world.code(GrantedScope::Base);
    let nowhere = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        client_of(&format!("http://{}", listener.local_addr().unwrap()))
    };
    let error = nowhere
        .exchange_code(&world.appid, &world.secret, &code)
        .await
        .unwrap_err();
    assert!(error.is_not_sent() && error.is_transient());
    let words = format!("{error} {error:?}");
    for secret in [code.expose(), world.secret.expose(), "http"] {
        assert!(!words.contains(secret), "{words}");
    }
}

#[tokio::test]
async fn an_account_token_is_the_one_that_is_valid_already() {
    let world = World::new().await;
    let (client, appid, secret) = (&world.client, &world.appid, &world.secret);
    let first = client.account_token(appid, secret).await.unwrap();
    let second = client.account_token(appid, secret).await.unwrap();
    assert_eq!(first.token, second.token);
    assert!(
        world
            .simulator
            .account_token_works(&appid.to_string(), first.token.expose())
    );
    assert!(client.check_account(appid, secret).await.outcome.is_ok());
    assert!(client.check_website(appid, secret).await.is_ok());
}

#[tokio::test]
async fn a_forward_proxy_that_refuses_is_named_and_asked_once() {
    let world = World::new().await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let name = format!("http://{}", listener.local_addr().unwrap());
    let refusing = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 1024]);
        let answer = b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n";
        stream.write_all(answer).unwrap();
    });
    let proxy = reqwest::Proxy::all(&name).unwrap();
    let mut options = Options::default();
    options.proxy_name = Some(name.clone());
    let client = Client::with(http().proxy(proxy), options).unwrap();
    let code = world.code(GrantedScope::Base);
    let error = client.exchange_code(&world.appid, &world.secret, &code);
    let error = error.await.unwrap_err();
    refusing.join().unwrap();
    assert!(error.is_not_sent() && !error.is_transient(), "{error}");
    let fault = ProxyFault::Unauthorized;
    assert!(matches!(error, Error::Proxy { fault: it, .. } if it == fault));
    assert!(error.to_string().contains(&name), "{error}");
}
