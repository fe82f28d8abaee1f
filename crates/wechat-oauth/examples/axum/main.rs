//! The back end that README.md shows, in a program:
//! `WECHAT_APPID=wx… WECHAT_SECRET=… cargo run -p wechat-oauth --example axum --features rustls`

include!("back_end.rs");

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let setting = |name| std::env::var(name).unwrap_or_default();
    let appid = AppId::parse(&setting("WECHAT_APPID")).expect("an appid");
    let secret = AppSecret::parse(&setting("WECHAT_SECRET")).expect("its secret");
    let client = Client::new(wechat_oauth::reqwest::Client::builder()).expect("TLS");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    axum::serve(listener, router(State((client, appid, secret)))).await
}
