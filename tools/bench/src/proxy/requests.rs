//! What is asked, byte by byte, as the app in WeChat's browser asks it.

use std::io::Write as _;
use std::net::SocketAddr;

use crate::scenario::Scenario;

const BROWSER: &str = "\
User-Agent: Mozilla/5.0 (Linux; Android 14; V2324A Build/UP1A.231005.007; wv) AppleWebKit/537.36 (KHTML, like Gecko) \
Version/4.0 Chrome/126.0.6478.188 Mobile Safari/537.36 XWEB/1260183 MMWEBSDK/20240802 MicroMessenger/8.0.53.2740(0x28003534)\r\n\
Accept: application/json\r\n\
Accept-Encoding: gzip, deflate, br\r\n\
Accept-Language: zh-CN,zh;q=0.9\r\n\
Origin: https://shop.example\r\n\
Sec-Fetch-Site: same-origin\r\n\
X-Forwarded-Proto: https\r\n";

/// Records that each user has.
pub(crate) const RECORDS_OF_A_USER: u64 = 20;

/// Many requests of one kind to one server.
pub(crate) struct Requests {
    address: SocketAddr,
    scenario: Scenario,
    /// The request line's path where it is always the same.
    path: &'static str,
    /// Of signed-in users.
    cookies: Vec<String>,
}

impl Requests {
    /// Each request as the next one of the `cookies`' owners.
    pub(crate) fn new(
        address: SocketAddr,
        scenario: Scenario,
        path: &'static str,
        cookies: Vec<String>,
    ) -> Self {
        Self {
            address,
            scenario,
            path,
            cookies,
        }
    }

    /// Where they go.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether a request was answered as it should be.
    pub(crate) fn expects(&self, status: u16) -> bool {
        match self.scenario {
            Scenario::Exchange | Scenario::Session | Scenario::List => status == 200,
            Scenario::Auth => status == 204,
            Scenario::Put => status == 200 || status == 201,
        }
    }

    /// The request of this number: no two exchanges have the same code, no two writes the same value.
    pub(crate) fn write(&self, number: u64, into: &mut Vec<u8>) {
        let users = self.cookies.len().max(1) as u64;
        let cookie = self.cookies.get((number % users) as usize);
        match self.scenario {
            Scenario::Exchange => {
                let code = code(number);
                let body = format!(
                    r#"{{"account":"shop","code":"{code}","verifier":"V{:031}"}}"#,
                    number
                );
                self.head(into, "POST", self.path, cookie, Some(body.len()));
                into.extend_from_slice(body.as_bytes());
            }
            Scenario::Session | Scenario::Auth | Scenario::List => {
                self.head(into, "GET", self.path, cookie, None);
            }
            Scenario::Put => {
                let key = number / users % RECORDS_OF_A_USER;
                let path = format!("{}/order/2026-{key:04}", self.path);
                let body = format!(
                    r#"{{"order":"2026-{key:04}","state":"paid","change":{number},"total":"268.00","currency":"CNY","items":[{{"title":"山茶花图鉴","count":1,"price":"168.00"}},{{"title":"手账本 A5","count":2,"price":"50.00"}}],"address":"浙江省杭州市西湖区","note":"请用礼品纸包装"}}"#
                );
                self.head(into, "PUT", &path, cookie, Some(body.len()));
                into.extend_from_slice(body.as_bytes());
            }
        }
    }

    fn head(
        &self,
        into: &mut Vec<u8>,
        method: &str,
        path: &str,
        cookie: Option<&String>,
        length: Option<usize>,
    ) {
        // Writing to memory does not fail.
        let _ = write!(
            into,
            "{method} {path} HTTP/1.1\r\nHost: {}\r\n{BROWSER}",
            self.address
        );
        if let Some(cookie) = cookie {
            let _ = write!(into, "Cookie: {cookie}\r\n");
        }
        if let Some(length) = length {
            let _ = write!(
                into,
                "Content-Type: application/json\r\nContent-Length: {length}\r\n"
            );
        }
        into.extend_from_slice(b"\r\n");
    }
}

/// 27 letters and digits, so that the openid made of it has 28 as WeChat's have. Scattered, as WeChat's are: openids
/// that grow would be kinder to an index than real ones.
pub(crate) fn code(number: u64) -> String {
    // Odd, so that no two numbers become the same.
    format!(
        "{:016x}ABCdefGHIjk",
        number.wrapping_mul(0x9e37_79b9_7f4a_7c15)
    )
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn request(scenario: Scenario, number: u64) -> String {
        let cookies = vec!["a=1".to_owned(), "a=2".to_owned()];
        let address = "127.0.0.1:80".parse().unwrap();
        let mut bytes = Vec::new();
        Requests::new(address, scenario, "/path", cookies).write(number, &mut bytes);
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn every_exchange_has_a_code_of_its_own() {
        let codes: HashSet<String> = (0..10_000).map(code).collect();
        assert_eq!(codes.len(), 10_000);
        assert!(codes.iter().all(|code| code.len() == 27));
        let request = request(Scenario::Exchange, 7);
        assert!(request.contains(&format!(r#""code":"{}""#, code(7))));
    }

    #[test]
    fn users_take_turns_and_write_each_of_their_records() {
        assert!(request(Scenario::Auth, 2).contains("Cookie: a=1\r\n"));
        assert!(request(Scenario::Auth, 3).contains("Cookie: a=2\r\n"));
        let keys: HashSet<String> = (0..2 * RECORDS_OF_A_USER)
            .map(|number| {
                let request = request(Scenario::Put, number);
                let (line, _) = request.split_once(" HTTP").unwrap();
                let (_, cookie) = request.split_once("Cookie: ").unwrap();
                format!("{line} {}", &cookie[..3])
            })
            .collect();
        assert_eq!(keys.len() as u64, 2 * RECORDS_OF_A_USER);
    }

    #[test]
    fn a_body_is_as_long_as_the_head_says() {
        for scenario in [Scenario::Exchange, Scenario::Put] {
            let request = request(scenario, 1);
            let (head, body) = request.split_once("\r\n\r\n").unwrap();
            assert!(head.ends_with(&format!("Content-Length: {}", body.len())));
        }
    }
}
