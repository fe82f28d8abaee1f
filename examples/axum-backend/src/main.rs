//! A back end that signs people in with WeChat by itself; README.md says how to start it. The login is `back_end.rs`.

use anyhow::Context as _;
use tokio::net::TcpListener;
use wechat_oauth::Options;

include!("back_end.rs");

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    // The one TLS that this repository compiles. With wechat-oauth's feature `rustls` it goes without saying.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let setting = |name| std::env::var(name).with_context(|| format!("{name} is not set"));
    let appid = AppId::parse(&setting("WECHAT_APPID")?).context("WECHAT_APPID")?;
    let secret = AppSecret::parse(&setting("WECHAT_SECRET")?).context("WECHAT_SECRET")?;
    let mut options = Options::default();
    // Without it WeChat itself is asked.
    if let Ok(simulator) = setting("WECHAT_SIMULATOR") {
        (options.api_base, options.open_base) = (simulator.clone(), simulator);
    }
    let wechat = Client::with(reqwest::Client::builder(), options).context("TLS")?;
    let app = (wechat, appid, secret, setting("SITE")?);
    let listener = TcpListener::bind("127.0.0.1:3000").await?;
    println!("http://127.0.0.1:3000/login");
    Ok(axum::serve(listener, router(State(app))).await?)
}
