//! What is kept of work that is done, for a while: bytes one after the other, found by a hash, and hardly anything else.
//!
//! All of it is kept equally long, so what comes first goes first. It stands in pages, which are allocated and freed
//! whole; an index says where. Neither moves what it holds when it grows.

use std::collections::{HashMap, VecDeque};

use hashbrown::HashTable;

/// What an entry is found by: a hash that nobody outside can compute.
pub(super) type Key = u64;
/// What only who was first can prove.
pub(super) type Proof = [u8; 32];

/// Bytes of a page. Where an entry begins in one is half of its place.
const PAGE: usize = 1 << 16;
/// Bytes of an entry's head.
const HEAD: usize = size_of::<Key>() + size_of::<Proof>() + size_of::<u32>() + size_of::<u16>();
/// Parts of the index: while one grows, everybody waits.
const PARTS: usize = 16;

/// How something is kept.
pub(super) enum Keep<R> {
    /// As bytes; what most things are.
    Packed(Vec<u8>),
    /// As it is, in more memory.
    AsIs(R),
    /// Not at all.
    Not,
}

impl<R> Keep<R> {
    fn length(&self) -> usize {
        match self {
            Self::Packed(bytes) => bytes.len(),
            Self::AsIs(_) | Self::Not => 0,
        }
    }
}

/// What is kept.
pub(super) enum Found<'a, R> {
    /// Bytes, and the first of their page, which were there when they were made and are there as long.
    Packed {
        bytes: &'a [u8],
        first: &'a [u8],
    },
    AsIs(&'a R),
}

/// Entries of the last `lifetime`, in so many pages at most.
pub(super) struct Kept<R> {
    lifetime: u64,
    most_pages: usize,
    pages: Pages,
    /// Places by their entries' keys.
    index: [HashTable<Place>; PARTS],
    as_is: HashMap<Key, R>,
}

#[derive(Default)]
struct Pages {
    all: VecDeque<Page>,
    /// The number of the first page; the others count on from there.
    first: u16,
}

struct Page {
    /// When it began, in milliseconds of the clock.
    begun: u64,
    /// When its last entry ends.
    until: u64,
    /// All entries, each a head and then its bytes.
    bytes: Vec<u8>,
}

/// The number of a page and where in it an entry begins, 16 bits each.
type Place = u32;

struct Head {
    key: Key,
    proof: Proof,
    /// When it ends, in milliseconds from the beginning of the page.
    until: u32,
    length: u16,
}

impl Head {
    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.key.to_le_bytes());
        bytes.extend_from_slice(&self.proof);
        bytes.extend_from_slice(&self.until.to_le_bytes());
        bytes.extend_from_slice(&self.length.to_le_bytes());
    }

    /// And what follows it, which is nothing where it is kept elsewhere, as it is.
    fn read(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (key, bytes) = bytes.split_first_chunk()?;
        let (proof, bytes) = bytes.split_first_chunk()?;
        let (until, bytes) = bytes.split_first_chunk()?;
        let (length, bytes) = bytes.split_first_chunk()?;
        let head = Self {
            key: Key::from_le_bytes(*key),
            proof: *proof,
            until: u32::from_le_bytes(*until),
            length: u16::from_le_bytes(*length),
        };
        let bytes = bytes.get(..head.length.into())?;
        Some((head, bytes))
    }
}

impl Page {
    fn begun(now: u64) -> Self {
        Self {
            begun: now,
            until: now,
            bytes: Vec::with_capacity(PAGE),
        }
    }

    /// What the first of its entries that has bytes has.
    fn first(&self) -> &[u8] {
        let mut entries = self.entries().map(|(_, _, bytes)| bytes);
        entries.find(|bytes| !bytes.is_empty()).unwrap_or_default()
    }

    /// Where each entry begins, its head and its bytes.
    fn entries(&self) -> impl Iterator<Item = (usize, Head, &[u8])> {
        let mut rest = self.bytes.as_slice();
        std::iter::from_fn(move || {
            let start = self.bytes.len().checked_sub(rest.len())?;
            let (head, bytes) = Head::read(rest)?;
            rest = rest.get(HEAD.checked_add(bytes.len())?..)?;
            Some((start, head, bytes))
        })
    }
}

impl<R> Kept<R> {
    /// Keeps for so many milliseconds, and forgets the oldest beyond so many bytes.
    pub(super) fn new(lifetime: u64, most_bytes: usize) -> Self {
        Self {
            lifetime,
            most_pages: (most_bytes / PAGE).max(1),
            pages: Pages::default(),
            index: [const { HashTable::new() }; PARTS],
            as_is: HashMap::new(),
        }
    }

    /// What is kept under this key, and how its owner is known.
    pub(super) fn find(&self, key: Key, now: u64) -> Option<(Proof, Found<'_, R>)> {
        let part = self.index.get(part_of(key))?;
        let place = *part.find(key, |it| self.pages.key_at(*it) == key)?;
        let page = self.pages.page(place)?;
        let (head, bytes) = Head::read(page.bytes.get(start(place)..)?)?;
        if page.begun.saturating_add(head.until.into()) <= now {
            return None;
        }
        let found = if bytes.is_empty() {
            Found::AsIs(self.as_is.get(&key)?)
        } else {
            let first = page.first();
            Found::Packed { bytes, first }
        };
        Some((head.proof, found))
    }

    /// Keeps what `keep` says, which is told the first bytes of the page where it will stand.
    pub(super) fn keep(
        &mut self,
        key: Key,
        proof: Proof,
        now: u64,
        keep: impl Fn(&[u8]) -> Keep<R>,
    ) {
        self.forget_old(now);
        let fits = |page: &Page, what: &Keep<R>| {
            let free = PAGE.saturating_sub(page.bytes.len());
            HEAD.saturating_add(what.length()) <= free
        };
        let first = self.pages.all.back().map(Page::first).unwrap_or_default();
        let mut what = keep(first);
        if matches!(what, Keep::Not) {
            return;
        }
        if !self.pages.all.back().is_some_and(|page| fits(page, &what)) {
            let page = Page::begun(now);
            what = keep(&[]);
            if !fits(&page, &what) {
                return;
            }
            if self.pages.all.len() >= self.most_pages {
                self.forget_page();
            }
            self.pages.all.push_back(page);
        }
        // Of one that is over, and whose page is not.
        self.as_is.remove(&key);
        match what {
            Keep::Packed(bytes) => self.append(key, proof, &bytes, now),
            Keep::AsIs(it) => {
                self.as_is.insert(key, it);
                self.append(key, proof, &[], now);
            }
            Keep::Not => {}
        }
    }

    fn append(&mut self, key: Key, proof: Proof, bytes: &[u8], now: u64) {
        let number = u16::try_from(self.pages.all.len().saturating_sub(1)).unwrap_or_default();
        let number = self.pages.first.wrapping_add(number);
        let Some(page) = self.pages.all.back_mut() else {
            return;
        };
        let start = u32::try_from(page.bytes.len()).unwrap_or_default();
        page.until = now.saturating_add(self.lifetime);
        let head = Head {
            key,
            proof,
            until: u32::try_from(page.until.saturating_sub(page.begun)).unwrap_or(u32::MAX),
            length: u16::try_from(bytes.len()).unwrap_or_default(),
        };
        head.write(&mut page.bytes);
        page.bytes.extend_from_slice(bytes);
        let place = u32::from(number) << 16 | start;
        let key_at = |place: &Place| self.pages.key_at(*place);
        let Some(part) = self.index.get_mut(part_of(key)) else {
            return;
        };
        // In place of one that is over, and whose page is not.
        match part.find_mut(key, |it| key_at(it) == key) {
            Some(earlier) => *earlier = place,
            None => drop(part.insert_unique(key, place, key_at)),
        }
    }

    /// Frees the pages of which all is over.
    pub(super) fn forget_old(&mut self, now: u64) {
        while self.pages.all.front().is_some_and(|page| page.until <= now) {
            self.forget_page();
        }
    }

    fn forget_page(&mut self) {
        let Some(page) = self.pages.all.pop_front() else {
            return;
        };
        let number = u32::from(self.pages.first) << 16;
        self.pages.first = self.pages.first.wrapping_add(1);
        for (start, head, bytes) in page.entries() {
            let place = number | u32::try_from(start).unwrap_or_default();
            let part = self.index.get_mut(part_of(head.key));
            let entry = part.and_then(|part| part.find_entry(head.key, |it| *it == place).ok());
            // Else there is a later one under the same key.
            if entry.map(|it| it.remove()).is_some() && bytes.is_empty() {
                self.as_is.remove(&head.key);
            }
        }
        // After a rush; not each time, or they would soon grow again.
        for part in &mut self.index {
            if part.len() < part.capacity() / 4 {
                let few = part.len().saturating_mul(2);
                part.shrink_to(few, |place| self.pages.key_at(*place));
            }
        }
        if self.as_is.len() < self.as_is.capacity() / 4 {
            self.as_is.shrink_to(self.as_is.len().saturating_mul(2));
        }
    }
}

impl Pages {
    fn page(&self, place: Place) -> Option<&Page> {
        let [_, _, low, high] = place.to_le_bytes();
        let number = u16::from_le_bytes([low, high]);
        self.all.get(number.wrapping_sub(self.first).into())
    }

    /// The key of the entry at a place where there is one.
    fn key_at(&self, place: Place) -> Key {
        let bytes = self.page(place).and_then(|it| it.bytes.get(start(place)..));
        let key = bytes.and_then(<[u8]>::first_chunk);
        key.map_or(0, |key| Key::from_le_bytes(*key))
    }
}

/// Where in its page.
fn start(place: Place) -> usize {
    let [low, high, ..] = place.to_le_bytes();
    u16::from_le_bytes([low, high]).into()
}

/// By bits that the table itself does not look at: it uses the lowest and the highest.
const fn part_of(key: Key) -> usize {
    (key >> 40) as usize % PARTS
}

#[cfg(test)]
impl<R> Kept<R> {
    /// Bytes of memory, but for what is kept as it is.
    pub(super) fn bytes(&self) -> usize {
        let index: usize = self.index.iter().map(HashTable::allocation_size).sum();
        let pages: usize = self
            .pages
            .all
            .iter()
            .map(|page| page.bytes.capacity())
            .sum();
        index + pages + self.pages.all.capacity() * size_of::<Page>()
    }
}

#[cfg(test)]
mod tests;
