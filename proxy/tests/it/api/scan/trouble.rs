//! What goes wrong on the way, and what people are told of it.

use super::*;

/// A browser has one cookie for all its tabs; other hosts can add some of theirs.
#[actix_web::test]
async fn a_tab_outlives_the_login_of_another_and_others_cookies_hide_none() {
    let (simulator, proxy) = with_scans(&[]).await;
    let first = Computer::at(&proxy).await;
    let second = Computer::of(first.browser.clone()).await;
    for (tab, verifier) in [(&first, VERIFIER), (&second, OTHER_VERIFIER)] {
        let phone = Phone::at(&proxy);
        phone.allow(&simulator, "xiaoming", &tab.scanned).await;
        let code = tab.code().await;
        tab.redeem(&code, verifier).await.session().await;
    }
    let third = Computer::at(&proxy).await;
    let planted: Vec<_> = (0..7)
        .map(|it| format!("wechat_login_scan={it:042}A"))
        .collect();
    let cookie = [planted.join("; "), third.cookie_of().await].join("; ");
    let phone = Phone::at(&proxy);
    phone.allow(&simulator, "xiaoming", &third.scanned).await;
    let code = third.code().await;
    let third = Computer {
        browser: Caller::new(proxy.base_url.clone(), Some(("Cookie", cookie))),
        ..third
    };
    third.redeem(&code, VERIFIER).await.session().await;
}
