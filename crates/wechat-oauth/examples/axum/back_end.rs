use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header::SET_COOKIE};
use axum::response::{IntoResponse, Redirect, Result};
use axum::{Router, routing::get};
use wechat_oauth::{AppId, AppSecret, Callback, Client, Scope};

type App = (Client, AppId, AppSecret);

async fn login(State((wechat, appid, _)): State<App>) -> impl IntoResponse {
    let start = wechat.begin(&appid, "https://books.example.com/wechat", Scope::Userinfo);
    ([(SET_COOKIE, start.cookie)], Redirect::to(&start.url))
}

async fn callback(app: State<App>, headers: HeaderMap, answer: Query<Callback>) -> Result<String> {
    let State((wechat, appid, secret)) = app;
    let code = answer.code(&headers).ok_or(StatusCode::BAD_REQUEST)?;
    let login = wechat.log_in(&appid, &secret, code).await;
    let login = login.map_err(|_| StatusCode::BAD_GATEWAY)?;
    Ok(format!("{}, {:?}", login.grant.openid.expose(), login.user))
}

fn router(app: App) -> Router {
    let router = Router::new().route("/login", get(login));
    router.route("/wechat", get(callback)).with_state(app)
}
