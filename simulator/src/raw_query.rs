//! The query of a request as it was written: order and letter case kept, each component decoded once.

use crate::percent;

/// The parameters of one request.
///
/// No `Debug`: they contain secrets and codes.
pub(crate) struct RawQuery {
    pairs: Vec<(String, String)>,
}

impl RawQuery {
    /// Splits at `&` and `=`. A name without `=` has an empty value.
    pub(crate) fn parse(raw: &str) -> Self {
        let pairs = raw
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                (percent::decode(name), percent::decode(value))
            })
            .collect();
        Self { pairs }
    }

    /// The query of a request and the form in its body, as one: what stands in both counts as the query has it.
    pub(crate) fn merged(query: &str, form: &[u8]) -> Self {
        let mut merged = Self::parse(query);
        // Bytes that are not UTF-8 become U+FFFD, as encoded ones do.
        let form = Self::parse(&String::from_utf8_lossy(form));
        merged.pairs.extend(form.pairs);
        merged
    }

    /// The value of a parameter, letter case of the name included; the first one if it is repeated.
    ///
    /// An empty value counts as missing: WeChat's error texts speak of both in the same words.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.pairs.iter().find(|(key, _)| key == name)?;
        Some(value.as_str()).filter(|value| !value.is_empty())
    }

    /// All parameters in the order of the request.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_repeated_parameters_counts_and_case_matters() {
        let query = RawQuery::parse("appid=1&appid=2&appId=3&&state=&flag");
        assert_eq!(query.get("appid"), Some("1"));
        assert_eq!(query.get("appId"), Some("3"));
        assert_eq!(query.get("state"), None);
        assert_eq!(query.get("flag"), None);
        assert_eq!(query.get("absent"), None);
        assert_eq!(query.iter().count(), 5);
    }

    #[test]
    fn query_and_form_are_one_and_the_query_comes_first() {
        let both = RawQuery::merged(
            "appid=1&secret=",
            b"secret=2&appid=3&code=a+%E8%8C%B6%&x=\xFF",
        );
        assert_eq!(both.get("appid"), Some("1"));
        assert_eq!(both.get("secret"), None);
        assert_eq!(both.get("code"), Some("a 茶%"));
        assert_eq!(both.get("x"), Some("\u{FFFD}"));
    }

    #[test]
    fn a_value_may_contain_an_equals_sign() {
        assert_eq!(RawQuery::parse("a=b%3Dc=d").get("a"), Some("b=c=d"));
    }
}
