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

/// A family name and a given name.
pub(crate) fn name() -> String {
    let [family, given] = [fastrand::choice(FAMILY), fastrand::choice(GIVEN)];
    [family, given].map(Option::unwrap_or_default).concat()
}
