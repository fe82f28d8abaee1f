//! What systemd is told where it started us (`Type=notify`); elsewhere nobody listens.

use sd_notify::NotifyState;

/// Requests are answered from now on.
pub(super) fn say_ready() {
    tell(&[NotifyState::Ready]);
}

/// The end has begun.
pub(super) fn say_stopping() {
    tell(&[NotifyState::Stopping]);
}

fn tell(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::warn!(%error, "systemd cannot be told");
    }
}
