//! Remote procedure calls in JSON over a WebSocket, as the DevTools protocol and WebDriver BiDi have them: number, method
//! and parameters go, and the same number comes back with a result or an error. What comes without a number is an event.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context, bail};
use futures_util::stream::SplitSink;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::{oneshot, watch};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use super::engine::locked;

/// How long anything may take. Generous, because it costs nothing when all is well.
const TIMEOUT: Duration = Duration::from_secs(60);

type Sink = SplitSink<WebSocketStream<MaybeTlsStream<TcpStream>>, Message>;

/// Calls that wait for their answers.
type Waiting = Arc<Mutex<HashMap<u64, oneshot::Sender<Value>>>>;

/// A connection to a browser, or to one of its tabs.
pub(super) struct Socket {
    sink: tokio::sync::Mutex<Sink>,
    next: AtomicU64,
    waiting: Waiting,
    events: watch::Sender<Vec<Value>>,
}

impl Socket {
    pub(super) async fn connect(url: &str) -> anyhow::Result<Self> {
        // Screenshots are long.
        let config = WebSocketConfig::default()
            .max_message_size(None)
            .max_frame_size(None);
        let (stream, _) = connect_async_with_config(url, Some(config), true).await?;
        let (sink, mut source) = stream.split();
        let waiting = Waiting::default();
        let events = watch::Sender::default();
        let (calls, told) = (waiting.clone(), events.clone());
        tokio::spawn(async move {
            while let Some(Ok(message)) = source.next().await {
                let text = message.to_text().unwrap_or_default();
                let Ok(message) = serde_json::from_str::<Value>(text) else {
                    continue;
                };
                match message["id"].as_u64() {
                    // Whoever called may have given up.
                    Some(id) => drop(locked(&calls).remove(&id).map(|it| it.send(message))),
                    None => told.send_modify(|events: &mut Vec<Value>| events.push(message)),
                }
            }
            locked(&calls).clear();
        });
        Ok(Self {
            sink: tokio::sync::Mutex::new(sink),
            next: AtomicU64::new(1),
            waiting,
            events,
        })
    }

    /// Calls a method and waits for its result.
    pub(super) async fn call(&self, method: &str, params: Value) -> anyhow::Result<Value> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (sender, answer) = oneshot::channel();
        locked(&self.waiting).insert(id, sender);
        let call = json!({ "id": id, "method": method, "params": params }).to_string();
        self.sink.lock().await.send(Message::text(call)).await?;
        let answer = tokio::time::timeout(TIMEOUT, answer).await;
        let answer = answer.with_context(|| format!("no answer to {method}"))?;
        let mut answer = answer.with_context(|| format!("the browser went away at {method}"))?;
        match answer.get("error") {
            Some(_) => bail!("{method}: {answer}"),
            None => Ok(answer["result"].take()),
        }
    }

    /// How many events there are so far.
    pub(super) fn told(&self) -> usize {
        self.events.borrow().len()
    }

    /// Waits for such an event behind the first so many.
    pub(super) async fn tells(
        &self,
        behind: usize,
        is_it: impl Fn(&Value) -> bool,
    ) -> anyhow::Result<()> {
        let found = self.until(|events| events.iter().skip(behind).any(&is_it));
        let found = tokio::time::timeout(TIMEOUT, found).await;
        found.context("the browser went nowhere")
    }

    /// Waits until all events so far are as wanted, as long as it takes.
    pub(super) async fn until(&self, wanted: impl Fn(&[Value]) -> bool) {
        let found = self.events.subscribe();
        // The other end is this one.
        let _ = { found }.wait_for(|events| wanted(events)).await;
    }

    /// Takes the events of this method, as far as they come to something.
    pub(super) fn take<T>(&self, method: &str, read: impl Fn(&Value) -> Option<T>) -> Vec<T> {
        let mut taken = Vec::new();
        self.events.send_modify(|events| {
            let (wanted, others) = std::mem::take(events)
                .into_iter()
                .partition(|event| event["method"] == method);
            *events = others;
            taken = wanted;
        });
        let params = taken.iter().map(|event| &event["params"]);
        params.filter_map(read).collect()
    }
}
