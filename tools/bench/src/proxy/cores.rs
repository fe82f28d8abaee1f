//! Which processor cores who may use.

use anyhow::Context;
use clap::ValueEnum;

/// How the cores are shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Sharing {
    /// One core for the server and nothing else on it; what asks it and what it asks have the others.
    Apart,
    /// Everything on all cores.
    Together,
}

impl Sharing {
    pub(crate) const ALL: [Self; 2] = [Self::Apart, Self::Together];

    /// The name in the tables.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Apart => "the server alone on one core",
            Self::Together => "everything on all cores",
        }
    }
}

/// The cores of both sides.
pub(crate) struct Cores {
    server: Vec<usize>,
    load: Vec<usize>,
}

impl Cores {
    /// Of those this process may use.
    ///
    /// # Errors
    /// When there is only one, or the system has no way to choose.
    pub(crate) fn shared(sharing: Sharing, all: &[usize]) -> anyhow::Result<Self> {
        let (first, others) = all.split_first().context("no core to run on")?;
        anyhow::ensure!(
            !others.is_empty(),
            "needs two cores: with one, what is measured would wait for what measures it"
        );
        Ok(match sharing {
            Sharing::Apart => Self {
                server: vec![*first],
                load: others.to_vec(),
            },
            Sharing::Together => Self {
                server: all.to_vec(),
                load: all.to_vec(),
            },
        })
    }

    /// How many cores the server has.
    pub(crate) fn of_server(&self) -> usize {
        self.server.len()
    }

    /// Calls `start`; processes begun in it run on the server's cores.
    ///
    /// # Errors
    /// Those of `start`, or when the system refuses.
    pub(crate) fn for_server<T>(
        &self,
        start: impl FnOnce() -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        use_only(&self.server)?;
        let started = start();
        use_only(&self.load)?;
        started
    }

    /// From now on this thread, and the processes it begins, run on the cores that are not the server's.
    ///
    /// # Errors
    /// When the system refuses.
    pub(crate) fn for_load(&self) -> anyhow::Result<()> {
        use_only(&self.load)
    }
}

/// The cores this thread may use.
///
/// # Errors
/// On systems other than Linux.
#[cfg(target_os = "linux")]
pub(crate) fn usable() -> anyhow::Result<Vec<usize>> {
    use nix::sched::{CpuSet, sched_getaffinity};
    let set = sched_getaffinity(nix::unistd::Pid::from_raw(0))?;
    Ok((0..CpuSet::count())
        .filter(|core| set.is_set(*core).unwrap_or(false))
        .collect())
}

#[cfg(target_os = "linux")]
fn use_only(cores: &[usize]) -> anyhow::Result<()> {
    use nix::sched::{CpuSet, sched_setaffinity};
    let mut set = CpuSet::new();
    for core in cores {
        set.set(*core)?;
    }
    sched_setaffinity(nix::unistd::Pid::from_raw(0), &set).context("cannot choose cores")
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn usable() -> anyhow::Result<Vec<usize>> {
    anyhow::bail!("this measurement needs Linux: it chooses cores, and reads /proc")
}

#[cfg(not(target_os = "linux"))]
fn use_only(_: &[usize]) -> anyhow::Result<()> {
    usable().map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apart_nobody_is_on_the_servers_core() {
        let cores = Cores::shared(Sharing::Apart, &[2, 5, 7]).unwrap();
        assert_eq!((cores.server, cores.load), (vec![2], vec![5, 7]));
    }

    #[test]
    fn together_all_have_all_and_one_core_is_refused() {
        let cores = Cores::shared(Sharing::Together, &[0, 1]).unwrap();
        assert_eq!((cores.of_server(), cores.load), (2, vec![0, 1]));
        assert!(Cores::shared(Sharing::Together, &[0]).is_err());
    }
}
