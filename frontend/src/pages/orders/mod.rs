//! What the user bought: the records of kind `order`, grouped by account, newest first.

mod list;
mod order;

use leptos::task::spawn_local;
use leptos_wechat_login::api::{self, Across, RecordPage};
use leptos_wechat_login::prelude::*;
use leptos_wechat_login::view::{Loading, Title};
use leptos_wechat_login::{ErrorCode, Failure, RequireLogin, Scope, Session, use_auth};

use crate::text::texts;
use list::OrderList;
use order::Order;

/// The kind of record an order is kept as.
const KIND: &str = "order";

/// `/orders`
#[component]
pub(crate) fn OrdersPage() -> impl IntoView {
    view! {
        <RequireLogin let:session>
            <Orders session />
        </RequireLogin>
    }
}

/// What the page shows below its heading.
#[derive(Clone)]
enum Phase {
    Loading,
    Loaded,
    Failed(Failure),
}

#[component]
fn Orders(session: Session) -> impl IntoView {
    let auth = use_auth();
    let texts = texts();
    let is_joined = session.unionid.is_some();
    let across = RwSignal::new(if is_joined {
        Across::Person
    } else {
        Across::Account
    });
    let page = RwSignal::new_local(RecordPage::<Order> {
        records: Vec::new(),
        next_cursor: None,
    });
    let phase = RwSignal::new(Phase::Loading);

    // Counts what was asked for: only the answer to the latest question is shown. A list that grows is no
    // `LocalResource`, and of two `Action`s under way the one that ends last counts, not the one begun last.
    let question = StoredValue::new(0_u32);

    let load = move || {
        phase.set(Phase::Loading);
        let own = question.get_value().wrapping_add(1);
        question.set_value(own);
        let asked = across.get_untracked();
        let cursor = page.with_untracked(|page| page.next_cursor.clone());
        spawn_local(async move {
            let answer = api::records(KIND, asked, cursor.as_deref()).await;
            // The user may have left the page, or chosen the other list meanwhile.
            if question.try_get_value() != Some(own) {
                return;
            }
            match answer {
                Ok(next) => {
                    page.update(|page| {
                        page.records.extend(next.records);
                        page.next_cursor = next.next_cursor;
                    });
                    phase.set(Phase::Loaded);
                }
                Err(failure) if failure.code() == Some(ErrorCode::Unauthorized) => {
                    auth.session_ended();
                }
                Err(failure) => phase.set(Phase::Failed(failure)),
            }
        });
    };
    let choose = move |chosen| {
        across.set(chosen);
        page.update(|page| {
            page.records.clear();
            page.next_cursor = None;
        });
        load();
    };
    load();

    let choice = move |chosen: Across, label: &'static str| {
        view! {
            <button
                class="choice"
                data-across=chosen.as_str()
                aria-pressed=move || if across.get() == chosen { "true" } else { "false" }
                on:click=move |_| choose(chosen)
            >
                {label}
            </button>
        }
    };
    let more = move || {
        match phase.get() {
        Phase::Loading => view! { <Loading text=texts.loading /> }.into_any(),
        Phase::Failed(failure) => view! {
            <p>{texts.orders_failed}</p>
            <p class="hint">{auth.explain_with_id(&failure)}</p>
            <button class="button" data-action="retry" on:click=move |_| load()>{auth.words().retry}</button>
        }
        .into_any(),
        Phase::Loaded if page.with(|page| page.next_cursor.is_some()) => {
            view! { <button class="button" data-action="more" on:click=move |_| load()>{texts.load_more}</button> }
                .into_any()
        }
        Phase::Loaded => {
            let end = if page.with(|page| page.records.is_empty()) {
                texts.no_orders
            } else {
                texts.no_more
            };
            view! { <p class="hint" role="status">{end}</p> }.into_any()
        }
    }
    };
    view! {
        <header class="head"><Title text=texts.my_orders /></header>
        {is_joined.then(|| view! {
            <div class="choices" role="group" aria-label=texts.whose_orders>
                {choice(Across::Person, texts.all_accounts)}
                {choice(Across::Account, texts.this_account)}
            </div>
        }.into_any())}
        <OrderList page />
        <div class="actions" id="more">{move || more()}</div>
        {(!is_joined).then(|| view! { <OnlyThisAccount can_ask=session.scope == Scope::Base || session.profile.is_none() /> }.into_any())}
        <p class="actions"><a class="link" href=auth.link("/")>{texts.my_account}</a></p>
    }
}

/// Why the orders of other accounts are missing, and how to get them, where there is a way.
#[component]
fn OnlyThisAccount(
    /// The user was not asked for name and picture yet; asked, WeChat would have told the unionid if there were one.
    can_ask: bool,
) -> impl IntoView {
    let auth = use_auth();
    let texts = texts();
    let why = if can_ask {
        texts.join_why
    } else {
        texts.cannot_join
    };
    view! {
        <div class="actions">
            <p class="hint" id="join-why">{why}</p>
            {can_ask.then(|| view! {
                <button
                    class="button"
                    data-action="join"
                    aria-describedby="join-why"
                    on:click=move |_| auth.request_profile(texts.join_reason)
                >
                    {texts.join}
                </button>
            }.into_any())}
        </div>
    }
}
