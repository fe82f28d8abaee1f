//! Whom WeChat refuses: the account, or the user.

/// Whether it is about this one user: limited, of high risk, or not in the relation to the account that it takes. The
/// numbers are those of WeChat's table of return codes.
///
/// Such a user is not to be told that the account is not configured well.
pub fn is_about_the_user(errcode: i64) -> bool {
    matches!(errcode, 40226 | 50001 | 50002 | 50005)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limited_user_is_no_fault_of_the_account_and_a_wrong_secret_is() {
        for errcode in [40226, 50001, 50002, 50005] {
            assert!(is_about_the_user(errcode), "{errcode}");
        }
        for errcode in [40013, 40125, 40164, 40243, 48001, 48004, 50003, 0, -1] {
            assert!(!is_about_the_user(errcode), "{errcode}");
        }
    }
}
