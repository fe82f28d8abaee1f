//! What stands in front of proxy and backend: nginx as documented, and the server of `make dev`, which is to do the same.

use std::net::{SocketAddr, TcpListener};

use actix_web::dev::ServerHandle;
use dev_server::status::Build;
use dev_server::{Backend, Options};
use tempfile::TempDir;

use super::site;
use crate::support::*;

/// Which of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Nginx,
    DevServer,
}

impl Kind {
    pub(super) const BOTH: [Self; 2] = [Self::Nginx, Self::DevServer];

    /// Starts one in front of `proxy`, and of `backend` below `/backend/`.
    pub(super) fn start(self, proxy: SocketAddr, backend: SocketAddr) -> Front {
        // What a failed test shows.
        println!("behind {self:?}");
        match self {
            Self::Nginx => {
                let nginx = site::nginx(proxy, backend);
                Front {
                    address: nginx.address,
                    _running: Running::Nginx { _nginx: nginx },
                }
            }
            Self::DevServer => dev_server(proxy, backend),
        }
    }
}

/// One that runs; stopped when dropped.
pub(super) struct Front {
    pub(super) address: SocketAddr,
    _running: Running,
}

enum Running {
    Nginx { _nginx: Nginx },
    DevServer { server: ServerHandle, _app: TempDir },
}

impl Front {
    /// Somebody without any cookie.
    pub(super) fn visitor(&self) -> Caller {
        Caller::new(format!("http://{}", self.address), None)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Self::DevServer { server, .. } = self {
            drop(server.stop(false));
        }
    }
}

fn dev_server(proxy: SocketAddr, backend: SocketAddr) -> Front {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let app = tempfile::tempdir().unwrap();
    let options = Options {
        app: app.path().to_owned(),
        builds: tokio::sync::watch::channel(Build::default()).1,
        public_url: format!("http://{address}").parse().unwrap(),
        proxy: proxy.to_string(),
        simulator: "127.0.0.1:9".to_owned(),
        backends: vec![Backend {
            path: "/backend/".to_owned(),
            address: backend.to_string(),
        }],
        lan: false,
    };
    let running = dev_server::start(options, [listener]).unwrap();
    let server = running.handle();
    actix_web::rt::spawn(running);
    Front {
        address,
        _running: Running::DevServer { server, _app: app },
    }
}
