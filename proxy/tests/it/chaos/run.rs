//! A run: the storm, then the calm, then the books.

use futures_util::future::join_all;
use test_support::dice::Dice;

use crate::chaos::figures;
use crate::chaos::world::{Kind, World};
use crate::chaos::{deaths, faults, visit};
use crate::support::*;

const SEED: &str = "WECHAT_LOGIN_CHAOS_SEED";
const SECONDS: &str = "WECHAT_LOGIN_CHAOS_SECONDS";
/// In `make fuzz`.
const USUAL_SECONDS: u64 = 10;
/// How many people are at it at once.
const AT_ONCE: usize = 64;
/// Between two looks at the simulator's log, which keeps a thousand requests.
const LOOK: Duration = Duration::from_millis(40);
/// Between two jumps of WeChat's clock.
const JUMP: Duration = Duration::from_millis(2500);
/// The life of a code.
const CODE_LIFETIME: Duration = Duration::from_secs(300);
/// Logins that are made once all faults are gone.
const CALM: usize = 60;

pub(crate) async fn run(kind: Kind) {
    let told = std::env::var(SECONDS).ok();
    let seconds = told
        .as_ref()
        .map_or(USUAL_SECONDS, |it| it.parse().unwrap());
    let seed = std::env::var(SEED).map_or(1, |it| it.parse().unwrap());
    println!("{}: {SEED}={seed} {SECONDS}={seconds}", kind.name());
    let dice = Dice::new(seed);
    let (world, mut machines) = World::start(kind).await;
    faults::begin(&world.simulator, &dice.another());

    let visits = (0..AT_ONCE).map(|_| visit::one_after_the_other(&world, dice.another()));
    let deaths_dice = dice.another();
    let storm = async {
        tokio::join!(
            join_all(visits),
            deaths::kill_now_and_then(&world, &mut machines, &deaths_dice),
            jump(&world),
            async {
                tokio::time::sleep(Duration::from_secs(seconds)).await;
                world.is_over.set(true);
            },
        );
    };
    tokio::select! {
        () = storm => {}
        () = look(&world) => {}
    }
    world.counts.add("faults", faults::end(&world.simulator));

    // Nothing is left of the storm: everybody gets in, at the first attempt.
    let calm = dice.another();
    let mut smooth = 0;
    for _ in 0..CALM {
        smooth += usize::from(visit::log_in(&world, &calm, true).await);
    }
    world.upstream.look(&world.simulator);

    let audit = world.books.audit(&world.backend).await;
    let row = figures::row(kind, seed, seconds, &world, &audit);
    println!("{row}\n{:?}", world.counts);
    figures::report(&row);
    assert_eq!(*world.mix_ups.borrow(), Vec::<String>::new(), "seed {seed}");
    assert_eq!(audit.missing, 0, "acknowledged records lost, seed {seed}");
    assert_eq!(audit.foreign, 0, "records of others, seed {seed}");
    let twice = (world.upstream.sent_twice(), world.upstream.good_twice());
    assert_eq!(twice, (0, 0), "codes sent or good twice, seed {seed}");
    assert_eq!(smooth, CALM, "logins after the storm, seed {seed}");
    let unwritten = world.counts.of(visit::UNWRITTEN);
    assert_eq!(unwritten, 0, "records that nobody would take");
    let log = machines.proxy.log();
    assert!(!log.contains("panicked"), "{log}");
    world.counts.assert_everything_happened(kind);
}

async fn look(world: &World) {
    loop {
        world.upstream.look(&world.simulator);
        tokio::time::sleep(LOOK).await;
    }
}

/// Five minutes pass at WeChat now and then.
async fn jump(world: &World) {
    while !world.is_over.get() {
        tokio::time::sleep(JUMP).await;
        world.simulator.advance_clock(CODE_LIFETIME);
        world.jumps.set(world.jumps.get() + 1);
    }
}
