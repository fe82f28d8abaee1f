//! What goes where in the package.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use super::binaries::{self, Binaries};
use super::licences::{self, Contents};
use crate::book;
use crate::processes::output;
use crate::tools::Tools;
use crate::workspace;

/// Files of the checkout, and where they go.
const FILES: [(&str, &str); 4] = [
    ("proxy/proxy.example.toml", "proxy.example.toml"),
    ("LICENSE-MIT", "LICENSE-MIT"),
    ("LICENSE-APACHE", "LICENSE-APACHE"),
    ("CHANGELOG.md", "CHANGELOG.md"),
];

/// Where the book goes, with the samples that it links to.
const BOOK: &str = "docs";

/// The same of the simulator alone. Its front page is in both languages.
const SIMULATOR_FILES: [(&str, &str); 3] = [
    ("simulator/README.md", "README.md"),
    ("LICENSE-MIT", "LICENSE-MIT"),
    ("LICENSE-APACHE", "LICENSE-APACHE"),
];

/// The first thing somebody reads who has unpacked it.
const README: &str = "\
WeChat login for service accounts: proxy, app, and a simulator of WeChat
微信服务号网页授权登录

The documents, for any browser, without network:  docs/index.html
Install it, and then day by day:  docs/en/runbook.html
What to do in WeChat's consoles:  docs/en/going-live.html
What else speaks of docs/en/x.md means docs/en/x.html here.
文档用浏览器打开即可，不需要联网：docs/index.html
安装和日常运维：docs/zh/runbook.html
微信后台里要做的事：docs/zh/going-live.html
";
const SUMS: &str = "SHA256SUMS";
/// Where the programs and the app are in the package.
const PROXY: &str = "bin/wechat-login-proxy";
const SIMULATOR: &str = "bin/wechat-simulator";
const APP: &str = "app";

/// Fills a new folder in `within`. The book has to be there.
pub(super) fn assemble(
    within: &Path,
    binaries: &Binaries,
    app: &Path,
    tools: &Tools,
) -> anyhow::Result<PathBuf> {
    let folder = within.join(concat!("wechat-login-", env!("CARGO_PKG_VERSION")));
    workspace::remove_folder(&folder)?;
    fs::create_dir_all(folder.join("bin"))?;
    copy(&binaries.proxy, &folder.join(PROXY))?;
    copy(&binaries.simulator, &folder.join(SIMULATOR))?;
    copy(app, &folder.join(APP))?;
    for (from, to) in FILES {
        copy(&workspace::root().join(from), &folder.join(to))?;
    }
    copy(&book::folder(), &folder.join(BOOK))?;
    fs::write(folder.join("README"), README)?;
    fs::write(folder.join("VERSIONS"), versions(binaries, tools)?)?;
    seal(&folder, Contents::Everything)?;
    Ok(folder)
}

/// Fills a new folder with the simulator, for those who want nothing else.
pub(super) fn assemble_simulator(within: &Path, binaries: &Binaries) -> anyhow::Result<PathBuf> {
    let (version, target) = (env!("CARGO_PKG_VERSION"), binaries::target());
    let folder = within.join(format!("wechat-simulator-{version}-{target}"));
    workspace::remove_folder(&folder)?;
    fs::create_dir_all(&folder)?;
    copy(&binaries.simulator, &folder.join("wechat-simulator"))?;
    for (from, to) in SIMULATOR_FILES {
        copy(&workspace::root().join(from), &folder.join(to))?;
    }
    seal(&folder, Contents::Simulator)?;
    Ok(folder)
}

/// The licences of what is in the folder, and the sums of all that is.
fn seal(folder: &Path, contents: Contents) -> anyhow::Result<()> {
    fs::write(
        folder.join("THIRD-PARTY-LICENSES"),
        licences::text(contents)?,
    )?;
    fs::write(folder.join(SUMS), sums(folder)?)?;
    Ok(())
}

/// What it was made of and with.
fn versions(binaries: &Binaries, tools: &Tools) -> anyhow::Result<String> {
    let answer = |program: &str, arguments: &[&str]| -> anyhow::Result<String> {
        let answer = output(workspace::command(program).args(arguments))?;
        Ok(answer.trim().to_owned())
    };
    Ok(format!(
        "wechat-login: {}\ncommit: {}{}\n{}\nrustc: {}\ntrunk: {}\nwasm-bindgen: {}\n",
        env!("CARGO_PKG_VERSION"),
        answer("git", &["rev-parse", "HEAD"])?,
        if has_changes()? { " with changes" } else { "" },
        binaries.built,
        answer("rustc", &["--version"])?,
        output(tools.trunk().arg("--version"))?.trim(),
        workspace::locked_version(&workspace::read("Cargo.lock")?, "wasm-bindgen")?,
    ))
}

/// Whether there are changes that no commit has.
pub(super) fn has_changes() -> anyhow::Result<bool> {
    let changes = output(workspace::command("git").args(["status", "--porcelain"]))?;
    Ok(!changes.is_empty())
}

/// A file, or a folder with all that is in it.
fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    output(workspace::command("cp").arg("-R").arg(from).arg(to)).map(drop)
}

/// As `sha256sum --check` reads them.
fn sums(folder: &Path) -> anyhow::Result<String> {
    let mut command = workspace::command("sha256sum");
    command.current_dir(folder);
    for file in workspace::files(folder)? {
        command.arg(file.strip_prefix(folder)?);
    }
    output(&mut command)
}

/// GNU's, without the options of whoever packs.
fn tar() -> Command {
    let mut tar = workspace::command("tar");
    tar.env_remove("TAR_OPTIONS").env_remove("GZIP");
    tar
}

/// Packs the folder into `<folder>.tar.gz` beside it: the same bytes for the same files, whoever packs them and when.
/// Every file has the time `mtime`, in seconds since 1970.
pub(super) fn pack(folder: &Path, mtime: &str) -> anyhow::Result<PathBuf> {
    let places = folder.parent().zip(folder.file_name());
    let (parent, name) = places.context("no folder to pack")?;
    let archive = parent.join(format!("{}.tar.gz", name.display()));
    let mut tar = tar();
    tar.current_dir(parent)
        .args(["--create", "--format=ustar", "--sort=name"])
        .args(["--owner=0", "--group=0", "--numeric-owner"])
        // What may run may be run by everybody, and nobody may write; whatever the umask was here.
        .arg("--mode=u+rw,go+r,go-w,a+X")
        .arg(format!("--mtime=@{mtime}"))
        // Without a name and a time of its own.
        .arg("--use-compress-program=gzip -9n")
        .arg("--file")
        .args([archive.as_os_str(), name]);
    output(tar.env("LC_ALL", "C"))?;
    Ok(archive)
}

/// Unpacks it in a new folder beside it, as whoever installs it does, and says where the package is.
pub(super) fn unpack(archive: &Path) -> anyhow::Result<PathBuf> {
    let (parent, name) = archive
        .parent()
        .zip(archive.file_name())
        .context("no archive")?;
    let folder = parent.join("unpacked");
    workspace::remove_folder(&folder)?;
    fs::create_dir(&folder)?;
    output(tar().current_dir(&folder).arg("-xzf").arg(archive))?;
    let name = name.to_string_lossy();
    Ok(folder.join(name.trim_end_matches(".tar.gz")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_or_named_exists_in_the_checkout() {
        let named = README.split(char::is_whitespace);
        let named = named.filter_map(|word| word.find("docs/").map(|from| &word[from..]));
        let named: Vec<&str> = named.filter(|it| !it.contains("/x.")).collect();
        assert_eq!(named.len(), 6);
        for path in FILES
            .iter()
            .chain(&SIMULATOR_FILES)
            .map(|it| it.0)
            .chain(named)
        {
            let root = workspace::root();
            let is_chapter = root.join(path).with_extension("md").exists();
            assert!(is_chapter || root.join(path).exists(), "{path}");
        }
    }

    #[test]
    fn the_images_are_made_of_what_is_in_the_package() {
        let dockerfile = workspace::read("docs/deploy/Dockerfile").unwrap();
        let copied: Vec<&str> = dockerfile
            .lines()
            .filter_map(|line| line.strip_prefix("COPY "))
            .filter(|arguments| !arguments.starts_with("--from="))
            .filter_map(|arguments| arguments.split(' ').next())
            .collect();
        assert_eq!(copied, [SIMULATOR, PROXY, APP]);
    }

    #[test]
    fn files_of_all_depths_are_copied_and_summed_in_order() {
        let root = tempfile::tempdir().unwrap();
        let (from, to) = (root.path().join("from"), root.path().join("to"));
        fs::create_dir_all(from.join("deep/er")).unwrap();
        for name in ["b", "a", "deep/er/c"] {
            fs::write(from.join(name), name).unwrap();
        }
        copy(&from, &to).unwrap();
        let sums = sums(&to).unwrap();
        let names: Vec<&str> = sums.lines().map(|line| &line[66..]).collect();
        assert_eq!(names, ["a", "b", "deep/er/c"]);
        let sum_of_a = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";
        assert!(sums.starts_with(sum_of_a));
    }
    #[cfg(target_os = "linux")]
    #[test]
    fn the_same_files_make_the_same_archive_whenever_and_in_whatever_order_they_came() {
        use std::os::unix::fs::PermissionsExt;

        let packed = |names: [&str; 2], mode: u32| {
            let root = tempfile::tempdir().unwrap();
            let folder = root.path().join("package-1");
            fs::create_dir(&folder).unwrap();
            for name in names {
                fs::write(folder.join(name), name).unwrap();
                let permissions = fs::Permissions::from_mode(mode);
                fs::set_permissions(folder.join(name), permissions).unwrap();
            }
            // As with the strictest umask.
            let of_folder = fs::Permissions::from_mode(mode | 0o300);
            fs::set_permissions(&folder, of_folder).unwrap();
            fs::read(pack(&folder, "1700000000").unwrap()).unwrap()
        };
        let archive = packed(["a", "b"], 0o600);
        assert_eq!(packed(["b", "a"], 0o664), archive);
        assert!(packed(["a", "c"], 0o600) != archive);
        assert!(packed(["a", "b"], 0o700) != archive);
    }
}
