use super::*;

const LIFETIME: u64 = 300_000;
const BYTES: usize = 954;
/// Entries of a thousand bytes.
const IN_PAGE: u64 = 65;

type Numbers = Kept<u64>;

/// Every third as it is.
fn keep(kept: &mut Numbers, number: u64, now: u64) {
    keep_under(kept, number, number, now);
}

fn keep_under(kept: &mut Numbers, key: u64, number: u64, now: u64) {
    let as_bytes = |_: &[u8]| {
        let mut bytes = number.to_le_bytes().to_vec();
        bytes.resize(BYTES, 1);
        Keep::Packed(bytes)
    };
    let as_it_is = |_: &[u8]| Keep::AsIs(number);
    // Spread as hashes are.
    let key = key.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let proof = [number.to_le_bytes()[0]; 32];
    if number % 3 == 2 {
        kept.keep(key, proof, now, as_it_is);
    } else {
        kept.keep(key, proof, now, as_bytes);
    }
}

fn found(kept: &Numbers, key: u64, now: u64) -> Option<u64> {
    let (proof, found) = kept.find(key.wrapping_mul(0x9e37_79b9_7f4a_7c15), now)?;
    let number = match found {
        Found::Packed { bytes, first } => {
            assert_eq!(first.len(), BYTES);
            assert_eq!(bytes[8..], [1; BYTES - 8]);
            u64::from_le_bytes(*bytes.first_chunk().unwrap())
        }
        Found::AsIs(number) => *number,
    };
    assert_eq!(proof, [number.to_le_bytes()[0]; 32]);
    Some(number)
}

fn count(kept: &Numbers) -> usize {
    kept.index.iter().map(HashTable::len).sum()
}

#[test]
fn each_is_found_until_its_time_is_over_and_its_memory_freed_with_its_page() {
    let mut kept = Kept::new(LIFETIME, usize::MAX);
    // A millisecond each.
    let all = IN_PAGE * 10;
    for number in 0..all {
        keep(&mut kept, number, number);
    }
    assert_eq!(count(&kept) as u64, all);
    for now in (0..all).step_by(100) {
        let now = LIFETIME + now;
        for number in 0..all {
            let expected = (LIFETIME + number > now).then_some(number);
            assert_eq!(found(&kept, number, now), expected, "{number} at {now}");
        }
    }
    let pages = kept.pages.all.len();
    kept.forget_old(kept.pages.all[0].until - 1);
    assert_eq!(kept.pages.all.len(), pages);
    kept.forget_old(kept.pages.all[0].until);
    assert_eq!(kept.pages.all.len(), pages - 1);
    assert!(found(&kept, all - 1, LIFETIME).is_some());
    kept.forget_old(LIFETIME + all);
    assert_eq!((count(&kept), kept.pages.all.len()), (0, 0));
    assert!(kept.as_is.is_empty());
    // And again, behind what was a part of a page.
    keep(&mut kept, 1, 2 * LIFETIME);
    assert_eq!(found(&kept, 1, 2 * LIFETIME), Some(1));
}

#[test]
fn of_too_many_the_oldest_are_forgotten_and_pages_are_counted_without_end() {
    let mut kept = Kept::new(LIFETIME, 4 * PAGE);
    kept.pages.first = u16::MAX - 2;
    for number in 0..IN_PAGE * 50 {
        keep(&mut kept, number, 0);
        assert_eq!(found(&kept, number, 0), Some(number));
        assert!(kept.pages.all.len() <= 4);
    }
    assert!(kept.pages.first < 100);
    let last = IN_PAGE * 50 - 1;
    assert_eq!(
        found(&kept, last - 2 * IN_PAGE, 0),
        Some(last - 2 * IN_PAGE)
    );
    assert_eq!(found(&kept, last - 9 * IN_PAGE, 0), None);
    let entries: usize = kept
        .pages
        .all
        .iter()
        .map(|page| page.entries().count())
        .sum();
    assert_eq!(count(&kept), entries);
}

#[test]
fn the_later_of_the_same_key_is_found_and_outlives_the_earlier_ones_page() {
    let mut kept = Kept::new(LIFETIME, usize::MAX);
    let keys = IN_PAGE * 3;
    // Each of the other kinds before and after.
    for number in 0..keys * 2 + 1 {
        keep_under(&mut kept, number % keys, number, number);
    }
    let as_is = |kept: &Numbers| {
        let is_as_is = |key: &u64| found(kept, *key, LIFETIME).is_some_and(|it| it % 3 == 2);
        assert_eq!(kept.as_is.len(), (0..keys).filter(is_as_is).count());
    };
    as_is(&kept);
    kept.forget_old(LIFETIME + keys - 1);
    as_is(&kept);
    assert_eq!(count(&kept) as u64, keys);
    for key in 1..keys {
        assert_eq!(found(&kept, key, LIFETIME), Some(keys + key));
    }
    assert_eq!(found(&kept, 0, LIFETIME), Some(keys * 2));
}

#[test]
fn what_is_told_not_to_be_kept_or_is_longer_than_a_page_is_not() {
    let mut kept: Numbers = Kept::new(LIFETIME, usize::MAX);
    keep(&mut kept, 1, 0);
    kept.keep(2, [0; 32], 0, |_| Keep::Not);
    kept.keep(3, [0; 32], 0, |_| Keep::Packed(vec![0; PAGE]));
    assert_eq!((count(&kept), kept.pages.all.len()), (1, 1));
    assert_eq!(found(&kept, 1, 0), Some(1));
}

#[test]
fn memory_is_given_back_after_a_rush() {
    let mut kept = Kept::new(LIFETIME, usize::MAX);
    for number in 0..20_000 {
        keep(&mut kept, number, 0);
    }
    let at_most = kept.bytes();
    keep(&mut kept, 1, LIFETIME);
    assert_eq!(count(&kept), 1);
    assert!(kept.bytes() < at_most / 100);
    assert!(kept.as_is.capacity() < 100);
}
