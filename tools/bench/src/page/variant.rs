//! The pages that are compared.

use clap::ValueEnum;

use crate::site::Head;

/// A page that signs in with WeChat and shows who is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Variant {
    /// Some 35 lines of JavaScript in the page itself: there is no less to load and to run.
    Floor,
    /// Our app.
    App,
    /// Vue with vue-router and axios, as Vite builds it.
    Vue,
    /// React with react-router and axios, as Vite builds it.
    React,
    /// The same build of Vue behind a head like ours.
    VueHead,
    /// The same build of React behind a head like ours.
    ReactHead,
}

impl Variant {
    /// In the order of the tables.
    pub(crate) const ALL: [Self; 6] = [
        Self::Floor,
        Self::App,
        Self::Vue,
        Self::React,
        Self::VueHead,
        Self::ReactHead,
    ];

    /// Its name in tables.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Floor => "plain JavaScript",
            Self::App => "this app",
            Self::Vue => "Vue",
            Self::React => "React",
            Self::VueHead => "Vue, our head",
            Self::ReactHead => "React, our head",
        }
    }

    /// The folder of its build.
    pub(crate) const fn folder(self) -> &'static str {
        match self {
            Self::Floor => "floor",
            Self::App => "app",
            Self::Vue | Self::VueHead => "vue",
            Self::React | Self::ReactHead => "react",
        }
    }

    /// What is done to its `index.html` before it is served.
    pub(crate) const fn head(self) -> Head {
        match self {
            Self::App | Self::Vue | Self::React => Head::AsBuilt,
            Self::Floor => Head::StyleInlined,
            Self::VueHead | Self::ReactHead => Head::LikeTheApp,
        }
    }
}
