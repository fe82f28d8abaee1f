//! Other pages, which have the phone's browser send or fetch what its user did not ask for.

use super::*;

const NOT_OPENED: &str = "不是由这部手机扫码打开的";

#[actix_web::test]
async fn what_others_bring_to_the_phones_page_decides_nothing() {
    let (simulator, proxy) = with_scans(&[]).await;
    let (computer, phone) = (Computer::at(&proxy).await, Phone::at(&proxy));
    // Outside WeChat; a link with somebody else's code in it, before the scan and after it; a phone without cookies.
    let answer = proxy
        .ask(&format!("GET {}", computer.scanned), &[CHROME])
        .await;
    is_page(answer, 200, "请用微信扫一扫").await;
    let code = simulator.issue_code(APPID, "xiaohong", Base);
    let link = format!(
        "{}?code={code}&state=0123456789abcdef0123456789abcdef",
        computer.scanned
    );
    is_page(phone.get(&link).await, 400, NOT_OPENED).await;
    let back = phone.authorize(&computer.scanned).await;
    is_page(phone.get(&link).await, 400, NOT_OPENED).await;
    let other = Phone::at(&proxy).get(&back).await;
    is_page(other, 400, NOT_OPENED).await;
    // What is sealed for one scan is not for another.
    let other = Computer::at(&proxy).await;
    phone.asked(&simulator, "xiaoming", &computer.scanned).await;
    phone.is_late(&other.scanned).await;
    assert_eq!(computer.news("waiting").await, json!({ "state": "seen" }));
}

/// They have its cookie sent along: another host of the domain, another port, and plain http of the same host.
#[actix_web::test]
async fn another_pages_form_decides_nothing() {
    let (simulator, proxy) = with_scans(&[]).await;
    let (computer, phone) = (Computer::at(&proxy).await, Phone::at(&proxy));
    phone.asked(&simulator, "xiaoming", &computer.scanned).await;
    let own = phone.form("decision=allow");
    for site in ["cross-site", "same-site", "Same-Origin", ""] {
        let told = [("Sec-Fetch-Site", site)];
        let answer = phone.send(&computer.scanned, &told, own.clone()).await;
        is_page(answer, 403, "请回到登录页面").await;
    }
    // Old browsers say nothing; nor does any other page know the word.
    for form in [
        "decision=allow",
        "word=&decision=allow",
        "word=0123456789abcdef0123456789abcdef&decision=allow",
        "decision=refuse",
        "",
        &own.replace("word=", "word=0"),
        &own.replace("word=", "x="),
    ] {
        let answer = phone.send(&computer.scanned, &[], form.to_owned()).await;
        is_page(answer, 400, NOT_OPENED).await;
    }
    // Another application of the same origin could read it.
    for dest in ["empty", "iframe", "script"] {
        let line = format!("GET {}", computer.scanned);
        let answer = phone
            .0
            .ask(&line, &[WECHAT, ("Sec-Fetch-Dest", dest)])
            .await;
        is_page(answer, 400, NOT_OPENED).await;
    }
    assert_eq!(computer.news("waiting").await, json!({ "state": "seen" }));
    let told = [("Sec-Fetch-Site", "same-origin")];
    let answer = phone.send(&computer.scanned, &told, own).await;
    is_page(answer, 200, "已允许登录").await;
}
