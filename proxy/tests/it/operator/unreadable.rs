//! What the service may not read: it says who may, and the command that mends it does.

use super::*;

/// What root does, what the service says then, and how that is mended.
#[tokio::test]
async fn what_the_service_may_not_read_is_named_with_the_command_that_mends_it() {
    let Some(site) = Site::new() else { return };
    let app = site.at("app");
    std::fs::create_dir(&app).unwrap();
    for name in ["index.html", "app.js"] {
        std::fs::write(app.join(name), "<!doctype html>").unwrap();
        set_mode(&app.join(name), 0o644);
    }
    set_mode(&app, 0o755);
    let folder = site.at("etc");
    std::fs::create_dir(&folder).unwrap();
    set_mode(&folder, 0o755);
    let config = folder.join("proxy.toml");
    let toml = format!("static_dir = {app:?}\n{}", site.toml());
    std::fs::write(&config, toml).unwrap();
    set_mode(&config, 0o644);
    let serve = format!("serve --config {}", config.display());
    let app = app.display().to_string();
    let readable = format!("chmod -R a+rX {app}");
    let (config, folder) = (config.display(), folder.display());
    for (closed, mode, words, mends) in [
        (
            app.clone(),
            0o700,
            format!("61234 may not read {app}/index.html"),
            readable.clone(),
        ),
        (
            format!("{app}/index.html"),
            0o600,
            format!("61234 may not read {app}/index.html"),
            readable.clone(),
        ),
        (
            format!("{app}/app.js"),
            0o600,
            format!("61234 may not read {app}/app.js"),
            readable,
        ),
        (
            config.to_string(),
            0o600,
            format!("{config}: cannot be read by 61234: it belongs to root, mode 0600"),
            format!("chmod 644 {config}"),
        ),
        (
            folder.to_string(),
            0o700,
            format!("{config}: cannot be read by 61234: {folder} belongs to root, mode 0700"),
            format!("chmod a+x {folder}"),
        ),
    ] {
        set_mode(Path::new(&closed), mode);
        let said = site.service.run(site.folder.path(), &serve).await;
        assert_eq!(said.code, Some(2), "{closed}: {}", said.errors);
        said.assert_error(&words);
        said.assert_error(&mends);
        for wrong in ["no index.html", "--config"] {
            assert!(!said.errors.contains(wrong), "{closed}: {}", said.errors);
        }
        let mended = std::process::Command::new("sh")
            .args(["-c", &mends])
            .status();
        assert!(mended.unwrap().success(), "{mends}");
        let asked = format!("config --config {config}");
        let said = site.service.run(site.folder.path(), &asked).await;
        assert_eq!(said.code, Some(0), "{mends}: {}", said.errors);
    }
}
