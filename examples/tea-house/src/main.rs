//! A tea house: somebody else's app, with routes, words and a look of its own. Of this repository it knows one crate.

use leptos::prelude::*;
use leptos_router::components::{A, Route, Router, Routes};
use leptos_router::hooks::use_params_map;
use leptos_router::path;
use leptos_wechat_login::{
    LoginOptions, RequireLogin, Views, Words, browser, provide_login, use_auth,
};

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

#[component]
fn App() -> impl IntoView {
    let auth = provide_login(options());
    view! {
        <Router base=browser::base()>
            <nav><A href=auth.link("/")>"茶单"</A> <A href=auth.link("/seat")>"我的座位"</A></nav>
            <Routes fallback=|| view! { <h1>"没有这一页"</h1> }>
                <Route path=path!("/") view=Menu />
                <Route path=path!("/tea/:name") view=Tea />
                <Route path=path!("/seat") view=Seat />
            </Routes>
        </Router>
    }
}

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

/// For everybody; who is signed in is called by name.
#[component]
fn Tea() -> impl IntoView {
    let auth = use_auth();
    let params = use_params_map();
    let name = move || params.read().get("name").unwrap_or_default();
    let guest = move || {
        let profile = auth.session().and_then(|session| session.profile);
        profile.map_or_else(|| "客官".to_owned(), |profile| profile.nickname)
    };
    view! { <h1>{name}</h1> <p data-field="offer">{guest} "，来一壶？"</p> }
}

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
