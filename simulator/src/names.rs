//! Names for people somebody adds without thinking one up.

const FAMILY: [&str; 24] = [
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林",
    "何", "郭", "马", "罗", "梁", "宋", "欧阳", "司徒",
];

const GIVEN: [&str; 32] = [
    "子涵", "雨桐", "思远", "一诺", "浩然", "若曦", "明哲", "欣怡", "宇轩", "诗涵", "梓萱", "俊杰",
    "晓峰", "静怡", "文博", "佳宁", "秋实", "望舒", "知夏", "南星", "青禾", "云起", "听雨", "怀瑾",
    "安然", "小满", "立夏", "白露", "芳", "磊", "静", "军",
];

/// A family name and a given name. Each number below 768 gives another one, larger numbers start over.
#[expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a remainder of a list's length is one of its indices, and no list here is empty"
)]
pub(crate) fn name(number: usize) -> String {
    let family = FAMILY[number % FAMILY.len()];
    let given = GIVEN[number / FAMILY.len() % GIVEN.len()];
    format!("{family}{given}")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_differ_and_never_run_out() {
        let names: HashSet<_> = (0..768).map(name).collect();
        assert_eq!(names.len(), 768);
        assert_eq!(name(768), name(0));
        assert!(!name(usize::MAX).is_empty());
    }
}
