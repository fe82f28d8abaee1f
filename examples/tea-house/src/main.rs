//! A tea house: somebody else's app, with routes, words and a look of its own. Of this repository it knows one crate.

#[expect(
    unreachable_pub,
    reason = "what leptos makes of a component that is not public"
)]
mod parcel;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::{A, Route, Router, Routes};
use leptos_router::hooks::use_params_map;
use leptos_router::path;
use leptos_wechat_login::jssdk::{Jssdk, Share};
use leptos_wechat_login::{
    LoginOptions, RequireFollow, RequireLogin, Views, Words, browser, provide_login, use_auth,
};
use parcel::Parcel;

/// The house's words and look; what is not here is the login's own.
fn options() -> LoginOptions {
    const WORDS: &Words = &Words {
        sign_in: "进门",
        signed_out_title: "慢走，再来",
        ..Words::CHINESE
    };
    LoginOptions {
        words: WORDS,
        views: Views {
            loading: |_, _| view! { <p class="steeping">"正在沏茶…"</p> }.into_any(),
            ..Views::default()
        },
    }
}

fn main() {
    leptos::mount::mount_to_body(App);
}

// ANCHOR: app
#[component]
fn App() -> impl IntoView {
    // Before the router: WeChat's answer leaves the address first.
    let auth = provide_login(options());
    view! {
        <Router base=browser::base()>
            <nav><A href=auth.link("/")>"茶单"</A> <A href=auth.link("/seat")>"我的座位"</A>
                <A href=auth.link("/cellar")>"茶窖"</A> <A href=auth.link("/parcel")>"外带"</A></nav>
            <Routes fallback=|| view! { <h1>"没有这一页"</h1> }>
                <Route path=path!("/") view=Menu />
                <Route path=path!("/tea/:name") view=Tea />
                <Route path=path!("/order/:name") view=Order />
                <Route path=path!("/seat") view=Seat />
                <Route path=path!("/cellar") view=Cellar />
                <Route path=path!("/parcel") view=Parcel />
            </Routes>
        </Router>
    }
}
// ANCHOR_END: app

/// For everybody.
#[component]
fn Menu() -> impl IntoView {
    let auth = use_auth();
    let teas = ["龙井", "普洱", "铁观音"];
    view! {
        <h1>"半日闲茶馆"</h1>
        <ul>{teas.map(|tea| view! { <li><A href=auth.link(&format!("/tea/{tea}"))>{tea}</A></li> })}</ul>
    }
}

/// The tea that the address names.
fn tea() -> Memo<String> {
    let params = use_params_map();
    Memo::new(move |_| params.read().get("name").unwrap_or_default())
}

/// For everybody; who is signed in is called by name.
#[component]
fn Tea() -> impl IntoView {
    let auth = use_auth();
    let name = tea();
    let guest = move || {
        let profile = auth.session().and_then(|session| session.profile);
        profile.map_or_else(|| "客官".to_owned(), |profile| profile.nickname)
    };
    view! {
        <h1>{name}</h1>
        <p data-field="offer">{guest} "，来一壶？"</p>
        <p><A href=move || auth.link(&format!("/order/{}", name.get())) attr:data-action="order">"点这壶茶"</A></p>
        <ShareButton label="分享这壶茶" title=move || format!("半日闲茶馆 · {}", name.get()) />
    }
}

/// What a guest has ordered, to be shown to friends.
#[component]
fn Order() -> impl IntoView {
    let name = tea();
    view! {
        <RequireLogin let:session>
            <h1>{move || format!("您点了{}", name.get())}</h1>
            <p>"送到座位 " <span data-field="openid">{session.openid}</span></p>
            <ShareButton label="邀朋友同饮" title=move || format!("我在半日闲茶馆点了{}，一起来？", name.get()) />
        </RequireLogin>
    }
}

/// Says what WeChat's menu shares, and whether that worked.
#[component]
fn ShareButton<F>(label: &'static str, title: F) -> impl IntoView
where
    F: Fn() -> String + Copy + Send + Sync + 'static,
{
    // ANCHOR: share
    let auth = use_auth();
    let jssdk = Jssdk::new(&["updateAppMessageShareData", "updateTimelineShareData"]);
    let said = RwSignal::new(String::new());
    // So that WeChat's permission is there by the time of the tap.
    spawn_local(async move {
        let _ = jssdk.ready().await;
    });
    let share = move |_| {
        let share = Share {
            title: title(),
            desc: "偷得浮生半日闲".to_owned(),
            ..Share::default()
        };
        said.set("…".to_owned());
        spawn_local(async move {
            let text = match jssdk.share(&share).await {
                Ok(()) => "好了，请点右上角的“···”发给朋友。".to_owned(),
                Err(error) => auth.explain_jssdk(&error),
            };
            // The guest may have gone on to another page.
            said.try_set(text);
        });
    };
    // ANCHOR_END: share
    view! {
        <button data-action="share" on:click=share>{label}</button>
        <p data-field="shared" role="status">{said}</p>
    }
}

// ANCHOR: followers
/// For those who follow the house's account.
#[component]
fn Cellar() -> impl IntoView {
    view! {
        <RequireFollow let:session>
            <h1>"茶窖"</h1>
            <p data-field="cellar">"陈年普洱，只给关注了茶馆的客官。座位 " {session.openid}</p>
        </RequireFollow>
    }
}
// ANCHOR_END: followers

/// For guests who are signed in.
#[component]
fn Seat() -> impl IntoView {
    let auth = use_auth();
    view! {
        <RequireLogin let:session>
            <h1>"您的座位"</h1>
            <p>"座位号 " <span data-field="openid">{session.openid}</span></p>
            <p data-field="name">{session.profile.map(|profile| profile.nickname)}</p>
            <button data-action="ask" on:click=move |_| auth.request_profile("好让小二认得您")>"告诉小二我是谁"</button>
            <button data-action="leave" on:click=move |_| auth.sign_out()>"结账"</button>
        </RequireLogin>
    }
}
