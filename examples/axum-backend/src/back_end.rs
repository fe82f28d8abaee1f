use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header::SET_COOKIE};
use axum::response::{IntoResponse, Redirect};
use axum::{Router, routing::get};
use wechat_oauth::{AppId, AppSecret, Callback, Client, Scope};

type App = State<(Client, AppId, AppSecret, String)>;

async fn login(State((wechat, appid, _, site)): App) -> impl IntoResponse {
    let start = wechat.begin(&appid, &format!("{site}/wechat"), Scope::Userinfo);
    ([(SET_COOKIE, start.cookie)], Redirect::to(&start.url))
}

async fn finish(app: App, headers: HeaderMap, back: Query<Callback>) -> Result<String, StatusCode> {
    let State((wechat, appid, secret, _)) = app;
    let code = back.code(&headers).ok_or(StatusCode::BAD_REQUEST)?;
    let login = wechat.log_in(&appid, &secret, code).await;
    let login = login.or(Err(StatusCode::BAD_GATEWAY))?;
    Ok(format!("{}, {:?}", login.grant.openid.expose(), login.user))
}

fn router(State(app): App) -> Router {
    let router = Router::new().route("/login", get(login));
    router.route("/wechat", get(finish)).with_state(app)
}
