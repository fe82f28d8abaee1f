//! The people who can hold the phone.

/// One simulated WeChat user.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    /// ASCII letters and digits; what openid and unionid are derived from.
    pub(crate) id: String,
    /// Any Unicode text, possibly empty.
    pub(crate) nickname: String,
    /// Without one, WeChat's `headimgurl` is an empty string.
    pub(crate) has_picture: bool,
    /// What this person is good for in a test, in Chinese. Empty for ordinary people.
    pub(crate) note: String,
}

impl Person {
    /// What to call the person on the simulator's own pages, where an empty name would be an empty button.
    pub(crate) fn display_name(&self) -> &str {
        if self.nickname.trim().is_empty() {
            "（没有昵称）"
        } else {
            &self.nickname
        }
    }
}

/// Everybody there is: at least one person, and one of them is the default holder of every phone.
pub(crate) struct People {
    everybody: Vec<Person>,
    current: usize,
}

impl People {
    /// The first person holds the phone until another is chosen.
    pub(crate) fn new(first: Person, others: Vec<Person>) -> Self {
        let mut everybody = vec![first];
        everybody.extend(others);
        Self {
            everybody,
            current: 0,
        }
    }

    /// The person of this id.
    pub(crate) fn get(&self, id: &str) -> Option<&Person> {
        self.everybody.iter().find(|person| person.id == id)
    }

    /// Everybody, in the order they were introduced.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Person> {
        self.everybody.iter()
    }

    /// Who holds the phone of a browser that has not chosen itself.
    pub(crate) fn current(&self) -> &Person {
        &self.everybody[self.current]
    }

    /// Hands the phone over. `false` and no change if there is no such person.
    pub(crate) fn set_current(&mut self, id: &str) -> bool {
        match self.everybody.iter().position(|person| person.id == id) {
            Some(position) => {
                self.current = position;
                true
            }
            None => false,
        }
    }
}
