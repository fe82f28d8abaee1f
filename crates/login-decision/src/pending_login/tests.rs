use super::*;

pub(crate) fn pending(attempt: u8) -> PendingLogin<String> {
    pending_at(1_000, attempt)
}

pub(crate) fn pending_at(now: u64, attempt: u8) -> PendingLogin<String> {
    let mut next = 0_u8;
    let random = [(); RANDOM_BYTES].map(|()| {
        next += 1;
        next
    });
    let new = NewLogin {
        account: "shop",
        scope: Scope::Base,
        return_to: "/orders?tab=2#new",
    };
    let mut secrets = Buffer::new([0; SECRETS_LENGTH]);
    draw_secrets(attempt, now, &random, &mut secrets).unwrap();
    new.pending(secrets.as_ref()).into_owned()
}

fn encoded(login: &PendingLogin<String>) -> String {
    let mut text = String::new();
    login.encode(&mut text).unwrap();
    text
}

#[test]
fn state_and_verifier_are_letters_and_digits_of_their_own() {
    let login = pending(1);
    let expected = LoginState {
        attempt: 1,
        made_at: 1_000,
    };
    assert_eq!(LoginState::read(&login.state), Some(expected));
    assert_eq!(login.attempt(), 1);
    assert!(is_verifier(&login.verifier));
    let (_, end) = login.verifier.split_at(VERIFIER_LENGTH - 8);
    assert!(!login.state.contains(end));
}

#[test]
fn unfair_bytes_are_thrown_away_and_the_others_are_all_letters_and_digits() {
    let of = |length, random: &[u8]| {
        let mut text = Buffer::new([0; 4]);
        write_letters(length, random, &mut text).map(|()| text.to_string())
    };
    assert_eq!(
        of(4, &[248, 247, 255, 0, 26, 52, 1]).as_deref(),
        Some("9Aa0")
    );
    assert_eq!(of(4, &[248, 247, 255, 0, 26]), None);
    let each = (0..=255).filter_map(|byte| of(1, &[byte, 0]));
    let mut letters: Vec<char> = each.filter_map(|it| it.chars().next()).collect();
    letters.sort_unstable();
    let counted: Vec<&[char]> = letters.chunk_by(|one, other| one == other).collect();
    assert!(counted.len() == 62 && counted.iter().all(|it| it.len() == 4));
    assert!(letters.iter().all(char::is_ascii_alphanumeric));
    let mut none = Buffer::new([0; SECRETS_LENGTH]);
    assert!(draw_secrets(1, 1_000, &[255; RANDOM_BYTES], &mut none).is_none());
}

#[test]
fn it_is_as_old_as_its_state_says() {
    let login = pending(1);
    assert!(login.is_recent(1_000));
    assert!(!login.is_recent(1_000 + LoginState::LIFETIME_MS));
    let foreign = PendingLogin {
        state: "1bcdefghijklmnopqrstuvwxyz012345".into(),
        ..login
    };
    assert!(!foreign.is_recent(1_000));
    assert_eq!(foreign.attempt(), 0);
}

#[test]
fn under_another_key_and_ten_minutes_later_it_is_none() {
    let (login, text) = (pending(1), encoded(&pending(1)));
    let mut key = String::new();
    login.write_key(&mut key).unwrap();
    assert!(PendingLogin::recent(&key, &text, 2_000).is_some());
    let late = 1_000 + LoginState::LIFETIME_MS;
    assert!(PendingLogin::recent(&key, &text, late).is_none());
    assert!(PendingLogin::recent(&login.state, &text, 2_000).is_none());
}

#[test]
fn silent_logins_without_an_answer_are_told_from_the_others() {
    assert!(pending(1).is_unanswered() && pending(2).is_unanswered());
    let asking = PendingLogin {
        scope: Scope::Userinfo,
        ..pending(1)
    };
    assert!(!asking.is_unanswered());
    let mut answered = pending(1);
    answered.bind("A".into());
    assert!(!answered.is_unanswered());
}

#[test]
fn a_tampered_record_is_no_record() {
    let good = encoded(&pending(1));
    let state = pending(1).state;
    for bad in [
        String::new(),
        "\n\n\n\n".into(),
        format!("{good}\nmore"),
        good.replace("snsapi_base", "snsapi_other"),
        good.replacen(char::is_alphanumeric, "!", 1),
    ] {
        assert!(PendingLogin::decode(&state, &bad).is_none(), "{bad:?}");
    }
    let elsewhere = good.replace("/orders", "//evil.example");
    let elsewhere = PendingLogin::decode(&state, &elsewhere);
    assert_eq!(elsewhere.map(|it| it.return_to), Some("/"));
}
