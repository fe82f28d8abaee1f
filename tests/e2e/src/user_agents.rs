//! What browsers say they are, in words that were really seen.

/// WeChat on an Android phone.
pub const WECHAT_ANDROID: &str = "Mozilla/5.0 (Linux; Android 16; Pixel 9 Build/BP2A; wv) AppleWebKit/537.36 (KHTML, like Gecko) \
     Version/4.0 Chrome/142.0.7444.158 Mobile Safari/537.36 XWEB/1420037 MMWEBSDK/20250804 \
     MicroMessenger/8.0.63.2920(0x28003F3C) WeChat/arm64 Weixin NetType/4G Language/zh_CN ABI/arm64";

/// WeChat on an iPhone.
pub const WECHAT_IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
     Mobile/15E148 MicroMessenger/8.0.46(0x18002e2c) NetType/WIFI Language/zh_CN";

/// WeChat on HarmonyOS NEXT, whose versions begin at 1.0 again.
pub const WECHAT_HARMONYOS: &str = "Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.0.0 \
     Safari/537.36 ArkWeb/4.1.6.1 Mobile MicroMessenger/1.0.3.52(0xf3100334) Weixin NetType/4G Language/zh_CN";

/// WeChat for Windows.
pub const WECHAT_WINDOWS: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.0.0 \
     Safari/537.36 NetType/WIFI MicroMessenger/7.0.20.1781(0x6700143B) WindowsWechat(0x63090a13) \
     UnifiedPCWindowsWechat(0xf2541a35) XWEB/19977 Flue";

/// WeChat for Mac.
pub const WECHAT_MAC: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) \
     Chrome/132.0.0.0 Safari/537.36 NetType/WIFI MicroMessenger/7.0.20.1781(0x6700143B) \
     MacWechat/3.8.7(0x13080712) UnifiedPCMacWechat(0xf26411f0) Flue";

/// A page inside a mini program.
pub const MINI_PROGRAM: &str = "Mozilla/5.0 (Linux; Android 16; Pixel 9; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 \
     Chrome/142.0.7444.158 Mobile Safari/537.36 MicroMessenger/8.0.63.2920(0x28003F3C) WeChat/arm64 \
     miniProgram/wx0123456789abcdef";

/// WeCom on a phone: has WeChat's name in it, and no official accounts.
pub const WECOM: &str = "Mozilla/5.0 (Linux; Android 14; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 \
     Chrome/138.0.0.0 Mobile Safari/537.36 wxwork/5.0.3 MicroMessenger/7.0.1 Language/zh";

/// An ordinary browser on a phone.
pub const PHONE: &str = "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) \
     Chrome/142.0.0.0 Mobile Safari/537.36";

/// An ordinary browser on a computer.
pub const DESKTOP: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
     Chrome/142.0.0.0 Safari/537.36";
