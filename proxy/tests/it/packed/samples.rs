//! The samples that are started elsewhere: what is tested there is what is packed.

use std::path::Path;

use yaml_rust2::YamlLoader;

use super::{folder, sample};

#[test]
#[ignore = "needs a package, which `cargo xtask packed` makes"]
fn every_sample_is_packed_as_it_is_in_the_checkout() {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/deploy");
    let names = |folder: &Path| {
        let files = folder.read_dir().unwrap();
        let mut names: Vec<_> = files.map(|it| it.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let packed = folder().join("docs/deploy");
    assert_eq!(names(&packed), names(&checkout));
    for name in names(&packed) {
        let [ours, theirs] = [&checkout, &packed].map(|it| std::fs::read(it.join(&name)).unwrap());
        assert!(ours == theirs, "{name:?}");
    }
}

/// As Prometheus reads them; that each figure exists is told in `api/metrics.rs`.
#[test]
#[ignore = "needs a package, which `cargo xtask packed` makes"]
fn every_alert_says_when_how_bad_and_what() {
    let alerts = YamlLoader::load_from_str(&sample("alerts.yml")).unwrap();
    let [alerts] = &alerts[..] else {
        panic!("one document");
    };
    let groups = alerts["groups"].as_vec().unwrap();
    let rules = groups
        .iter()
        .flat_map(|group| group["rules"].as_vec().unwrap());
    let mut count = 0;
    for rule in rules {
        count += 1;
        let name = rule["alert"].as_str().unwrap();
        for key in rule.as_hash().unwrap().keys() {
            let known = ["alert", "expr", "for", "labels", "annotations"];
            assert!(known.contains(&key.as_str().unwrap()), "{name}: {key:?}");
        }
        let expression = rule["expr"].as_str().unwrap();
        for pair in ["()", "[]", "{}"] {
            let counts = pair.chars().map(|it| expression.matches(it).count());
            let counts: Vec<usize> = counts.collect();
            assert_eq!(counts[0], counts[1], "{name}: {pair}");
        }
        let severity = rule["labels"]["severity"].as_str().unwrap();
        assert!(["page", "ticket"].contains(&severity), "{name}");
        assert!(rule["annotations"]["summary"].as_str().is_some(), "{name}");
    }
    assert!(count >= 7);
}
