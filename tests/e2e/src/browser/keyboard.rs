//! A user without a pointing device.

use serde_json::json;

use super::Browser;

/// A key that means something to a browser.
#[derive(Clone, Copy)]
pub enum Key {
    /// On to the next control.
    Tab,
    /// Does what the focused control does.
    Enter,
}

impl Browser {
    /// Presses and releases a key.
    pub async fn press(&self, key: Key) -> anyhow::Result<()> {
        let (name, number, text) = match key {
            Key::Tab => ("Tab", 9, ""),
            Key::Enter => ("Enter", 13, "\r"),
        };
        for kind in ["keyDown", "keyUp"] {
            let text = if kind == "keyDown" { text } else { "" };
            let event = json!({
                "type": kind, "key": name, "code": name, "windowsVirtualKeyCode": number, "text": text,
            });
            self.devtools("Input.dispatchKeyEvent", event).await?;
        }
        Ok(())
    }
}
