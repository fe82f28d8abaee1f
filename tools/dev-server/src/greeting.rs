//! What is printed once the app is there: what to open, with a QR code for a phone, and what is open to whom.

use std::net::IpAddr;

use qrcode::{Color, QrCode};

use crate::language::Language;
use crate::options::{Options, host_of};

/// Set by whoever passes this program's output on to a terminal that shows colours.
const COLOUR: &str = "WECHAT_LOGIN_DEV_COLOUR";

/// Blank modules around a code, without which readers do not find it.
const QUIET_ZONE: usize = 4;

/// What there is to open.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    app: String,
    simulator: String,
    backends: Vec<(String, String)>,
    /// Whether browsers come by way of something in front, such as a tunnel.
    in_front: bool,
}

impl Shown {
    /// Of a server with these options.
    pub(crate) fn of(options: &Options) -> Self {
        let url = &options.public_url;
        let host = host_of(&url.authority);
        let port = options.simulator.rsplit(':').next().unwrap_or_default();
        let simulator = match options.lan {
            // Where phones may come the simulator is at the same host as the app, by its own port.
            true => format!("{host}:{port}"),
            false => options.simulator.clone(),
        };
        let backends = options.backends.iter();
        Self {
            app: format!("{}{}/", url.origin(), url.path),
            simulator: format!("http://{simulator}/_simulator"),
            in_front: !is_here(host),
            backends: backends
                .map(|it| (it.path.clone(), it.address.clone()))
                .collect(),
        }
    }
}

/// Whether a host is this machine alone.
fn is_here(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host == "localhost" || host.ends_with(".localhost") || address.is_ok_and(|it| it.is_loopback())
}

/// Prints it in the language of the terminal.
pub(crate) fn print(shown: &Shown, lan: bool) {
    use std::io::IsTerminal as _;
    let language = Language::of_locale(|name| std::env::var(name).ok());
    let wants_none = std::env::var_os("NO_COLOR").is_some_and(|it| !it.is_empty());
    let has_colours = std::io::stdout().is_terminal() || std::env::var_os(COLOUR).is_some();
    crate::missing::say(&text(shown, lan, language, has_colours && !wants_none));
}

/// The box.
fn text(shown: &Shown, lan: bool, language: Language, has_colours: bool) -> String {
    let line = "─".repeat(78);
    let mut lines = vec![String::new(), line.clone()];
    let app = &shown.app;
    if lan {
        lines.push(language.pick(
            format!("  打开  {app}   手机（同一网络）扫码打开："),
            format!("  Open  {app}   or, with a phone in this network:"),
        ));
        lines.extend(code(app, has_colours));
    } else {
        lines.push(language.pick(format!("  打开  {app}"), format!("  Open  {app}")));
    }
    lines.push(
        language
            .pick(
                "        应用会以模拟微信用户小明的身份静默登录，显示 openid；“我的订单”（My orders）里有订单。",
                "        The app signs you in as the simulated WeChat user 小明 and shows the openid; “My orders” (我的订单) has some.",
            )
            .to_owned(),
    );
    let simulator = &shown.simulator;
    lines.push(language.pick(
        format!("  还有  {simulator}   模拟的微信：换一个人拿手机。"),
        format!("  Also  {simulator}   simulated WeChat: choose who holds the phone."),
    ));
    for (path, address) in &shown.backends {
        lines.push(language.pick(
            format!("  后端  {path} 转给 http://{address}：只有登录的人能到达，带 X-Wechat-* 头"),
            format!("  Back end  {path} goes to http://{address}: only who is signed in gets there, with X-Wechat-*"),
        ));
    }
    if lan {
        lines.extend(language.pick(OPEN_CHINESE, OPEN_ENGLISH).map(str::to_owned));
    } else {
        let words = match shown.in_front {
            true => language.pick(
                "  这里只监听本机：打开上面地址的人，都经过您放在前面的隧道或反向代理。",
                "  Nothing listens but on this machine: whoever opens that address comes by what you have put in front.",
            ),
            false => language.pick(
                "  手机打不开上面的地址；需要时用 `make dev LAN=1`。",
                "  A phone cannot open that address; if it shall, `make dev LAN=1`.",
            ),
        };
        lines.push(words.to_owned());
    }
    let words = language.pick(
        [
            "  保存文件即可看到效果：页面自动刷新，代理和模拟器自动重启。",
            "  Ctrl-C 结束全部。",
        ],
        [
            "  Save a file to see it: the page reloads, proxy and simulator restart.",
            "  Ctrl-C ends everything.",
        ],
    );
    lines.extend(words.map(str::to_owned));
    lines.push(line);
    lines.join("\n")
}

const OPEN_CHINESE: [&str; 4] = [
    "  注意：现在同一网络里的任何人都能打开应用和模拟器，",
    "        能以任何一个模拟用户的身份登录，读写其数据，也能调用登录后面的后端；",
    "        在模拟器里还能让“微信”出错。",
    "        只在信任的网络里用，不要放真实数据；用完按 Ctrl-C。",
];

const OPEN_ENGLISH: [&str; 4] = [
    "  Mind: anybody in this network can now open the app and the simulator,",
    "        be any simulated person, read and write what is theirs, call the back ends behind the login,",
    "        and make the simulated WeChat fail.",
    "        Only in a network you trust, with no real data; Ctrl-C closes it.",
];

/// The QR code of an address, two rows a line. With colours black on white whatever the terminal's are; without, the blank
/// modules are drawn and the dark ones left out, which is right on a dark terminal and which most readers take on a
/// light one as well.
fn code(address: &str, has_colours: bool) -> Vec<String> {
    let Ok(code) = QrCode::new(address) else {
        return Vec::new();
    };
    let width = code.width();
    let colors = code.to_colors();
    let is_dark = |x: usize, y: usize| {
        let (x, y) = (x.checked_sub(QUIET_ZONE)?, y.checked_sub(QUIET_ZONE)?);
        let at = (x < width).then(|| y.checked_mul(width)?.checked_add(x))??;
        Some(*colors.get(at)? == Color::Dark)
    };
    let is_dark = |x, y| is_dark(x, y).unwrap_or(false);
    let size = width.saturating_add(QUIET_ZONE.saturating_mul(2));
    let rows = (0..size).step_by(2).map(|y| {
        let modules = (0..size).map(|x| match (is_dark(x, y), is_dark(x, y.saturating_add(1))) {
            (false, false) => {
                if has_colours {
                    ' '
                } else {
                    '█'
                }
            }
            (true, false) => {
                if has_colours {
                    '▀'
                } else {
                    '▄'
                }
            }
            (false, true) => {
                if has_colours {
                    '▄'
                } else {
                    '▀'
                }
            }
            (true, true) => {
                if has_colours {
                    '█'
                } else {
                    ' '
                }
            }
        });
        let modules: String = modules.collect();
        if has_colours {
            format!("  \u{1b}[38;5;16;48;5;231m{modules}\u{1b}[0m")
        } else {
            format!("  {modules}")
        }
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(backends: &[(&str, &str)]) -> Shown {
        let backends = backends.iter();
        Shown {
            app: "http://192.168.1.2:8080/".to_owned(),
            simulator: "http://192.168.1.2:8082/_simulator".to_owned(),
            in_front: false,
            backends: backends
                .map(|(path, address)| ((*path).to_owned(), (*address).to_owned()))
                .collect(),
        }
    }

    /// The modules of a printed code, true where dark, without anything around.
    fn modules(text: &str, dark: char, light: char, [upper, lower]: [char; 2]) -> Vec<Vec<bool>> {
        let is_part = |it: &char| [dark, light, upper, lower].contains(it);
        let mut rows = Vec::new();
        for line in text.lines() {
            let line: Vec<char> = line
                .strip_prefix("  ")
                .unwrap()
                .chars()
                .filter(is_part)
                .collect();
            rows.push(line.iter().map(|it| *it == dark || *it == upper).collect());
            rows.push(line.iter().map(|it| *it == dark || *it == lower).collect());
        }
        rows
    }

    #[test]
    fn a_code_is_drawn_as_it_is_with_its_blank_edge() {
        let address = "http://192.168.1.2:8080/";
        let expected = QrCode::new(address).unwrap();
        let width = expected.width();
        let colours = code(address, true).join("\n");
        let colours = colours
            .replace("\u{1b}[38;5;16;48;5;231m", "")
            .replace("\u{1b}[0m", "");
        let coloured = modules(&colours, '█', ' ', ['▀', '▄']);
        let plain = modules(&code(address, false).join("\n"), ' ', '█', ['▄', '▀']);
        for rows in [coloured, plain] {
            assert!(rows.len() >= width + 2 * QUIET_ZONE);
            for (y, row) in rows.iter().take(width + 2 * QUIET_ZONE).enumerate() {
                assert_eq!(row.len(), width + 2 * QUIET_ZONE);
                for (x, is_dark) in row.iter().enumerate() {
                    let inside = |it: usize| it.checked_sub(QUIET_ZONE).filter(|it| *it < width);
                    let module = inside(x).zip(inside(y)).map(|at| expected[at]);
                    assert_eq!(*is_dark, module == Some(Color::Dark), "{x} {y}");
                }
            }
        }
    }

    #[test]
    fn the_box_says_what_to_open_and_what_is_open_to_whom() {
        let with_backend = shown(&[("/shop/", "127.0.0.1:9000")]);
        for (language, lan, words) in [
            (
                Language::English,
                false,
                &[
                    "Open  http",
                    "/_simulator",
                    "make dev LAN=1",
                    "/shop/ goes to",
                    "Ctrl-C",
                ][..],
            ),
            (
                Language::Chinese,
                false,
                &[
                    "打开  http",
                    "/_simulator",
                    "make dev LAN=1",
                    "/shop/ 转给",
                    "Ctrl-C",
                ],
            ),
            (
                Language::English,
                true,
                &["anybody in this network", "▀", "Ctrl-C"],
            ),
            (
                Language::Chinese,
                true,
                &["同一网络里的任何人", "▀", "Ctrl-C"],
            ),
        ] {
            let text = text(&with_backend, lan, language, true);
            let missing = words.iter().find(|word| !text.contains(**word));
            assert_eq!(missing, None, "{text}");
            assert_eq!(text.contains("make dev LAN=1"), !lan);
            assert_eq!(text.contains("\u{1b}["), lan);
        }
        let tunnel = Shown {
            in_front: true,
            ..shown(&[])
        };
        for (language, words) in [
            (Language::English, "Nothing listens but on this machine"),
            (Language::Chinese, "这里只监听本机"),
        ] {
            let text = text(&tunnel, false, language, true);
            assert!(text.contains(words) && !text.contains("LAN=1"), "{text}");
        }
    }

    #[test]
    fn a_tunnels_host_is_not_this_machine() {
        for (host, expected) in [
            ("127.0.0.1", true),
            ("[::1]", true),
            ("localhost", true),
            ("shop.localhost", true),
            ("192.168.1.2", false),
            ("tunnel.example", false),
        ] {
            assert_eq!(is_here(host), expected, "{host}");
        }
    }
}
