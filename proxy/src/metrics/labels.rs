//! The labels of the metrics.

use prometheus_client::encoding::EncodeLabelSet;

macro_rules! labels {
    ($($name:ident { $($field:ident: $kind:ty),* })*) => {
        $(
            #[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
            pub(super) struct $name {
                $(pub(super) $field: $kind,)*
            }
        )*
    };
}

labels! {
    Request { route: String, method: &'static str, status: u16 }
    Route { route: String }
    Exchanged { account: String, outcome: &'static str }
    How { how: &'static str }
    Call { endpoint: &'static str }
    UpstreamError { endpoint: &'static str, errcode: String }
    Operation { operation: &'static str }
    InState { state: &'static str }
    ClientKind { engine: &'static str, version: String, wechat: &'static str }
    ScanStep { step: &'static str }
    Report { code: &'static str }
    Build { version: &'static str }
}
