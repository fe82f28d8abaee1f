//! The orders that are loaded, one group for each official account.

use leptos_wechat_login::api::{Record, RecordPage};
use leptos_wechat_login::prelude::*;
use leptos_wechat_login::use_auth;

use super::order::{Order, day};

/// The account of the newest order comes first. Drawn anew as a whole: `<For>` would be 4.7 KB (brotli) more on every phone.
#[component]
pub(crate) fn OrderList(
    /// What is loaded, newest first.
    page: RwSignal<RecordPage<Order>, LocalStorage>,
) -> impl IntoView {
    let auth = use_auth();
    let groups = move || {
        let groups = page.with(|page| {
            let mut groups: Vec<(&str, Vec<AnyView>)> = Vec::new();
            for record in &page.records {
                let item = item(record).into_any();
                match groups.iter_mut().find(|group| group.0 == record.account) {
                    Some(group) => group.1.push(item),
                    None => groups.push((&record.account, vec![item])),
                }
            }
            groups
                .into_iter()
                .map(|(account, items)| {
                    view! {
                        <section data-account=account.to_owned()>
                            <h2 class="hint">{auth.account_title(account)}</h2>
                            <ul class="cells">{all(items)}</ul>
                        </section>
                    }
                    .into_any()
                })
                .collect::<Vec<_>>()
        });
        all(groups)
    };
    view! { {move || groups()} }
}

/// As what `view!` makes of several views; a `Vec` would be a type of its own.
fn all(views: Vec<AnyView>) -> AnyView {
    Fragment::new(views).nodes.into_any()
}

fn item(record: &Record<Order>) -> impl IntoView + use<> {
    let order = &record.value;
    let title = order.title.clone().unwrap_or_else(|| record.key.clone());
    let status = order.status.clone().unwrap_or_default();
    view! {
        <li class="cell order">
            <div>
                <p>{title}</p>
                <p class="hint">{day(record.created_at)} " " {status}</p>
            </div>
            <p>{order.price()}</p>
        </li>
    }
}
