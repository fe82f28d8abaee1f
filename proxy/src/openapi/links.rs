//! What an answer leads on to: a written record can be read, a page is followed by the next.

use utoipa::Modify;
use utoipa::openapi::link::{Link, LinkBuilder};
use utoipa::openapi::{OpenApi, RefOr};

/// Where a parameter of the next operation comes from: the same parameter of this one, unless said otherwise.
type Source = (&'static str, &'static str);

const OWN_RECORD: [Source; 2] = [("kind", "$request.path.kind"), ("key", "$request.path.key")];
const USER: [Source; 2] = [
    ("account", "$request.path.account"),
    ("openid", "$request.path.openid"),
];
const FIRST_OF_PAGE: [Source; 2] = [
    ("kind", "$response.body#/records/0/kind"),
    ("key", "$response.body#/records/0/key"),
];
const NEXT_PAGE: [Source; 1] = [("cursor", "$response.body#/next_cursor")];

/// An operation, what its successes lead on to, and with which parameters.
fn table() -> Vec<(&'static str, &'static str, Vec<Source>)> {
    let of_user = |more: &[Source]| [&USER[..], more].concat();
    vec![
        ("put_record", "get_record", OWN_RECORD.to_vec()),
        ("put_record", "delete_record", OWN_RECORD.to_vec()),
        ("list_records", "list_records", NEXT_PAGE.to_vec()),
        ("list_records", "get_record", FIRST_OF_PAGE.to_vec()),
        ("service_put_user", "service_get_user", of_user(&[])),
        ("service_put_user", "service_erase_user", of_user(&[])),
        ("service_put_user", "service_list_records", of_user(&[])),
        (
            "service_put_record",
            "service_get_record",
            of_user(&OWN_RECORD),
        ),
        (
            "service_put_record",
            "service_delete_record",
            of_user(&OWN_RECORD),
        ),
        ("service_put_record", "service_list_records", of_user(&[])),
        ("service_put_record", "service_erase_user", of_user(&[])),
        (
            "service_list_records",
            "service_list_records",
            of_user(&NEXT_PAGE),
        ),
        (
            "service_list_records",
            "service_get_record",
            of_user(&FIRST_OF_PAGE),
        ),
    ]
}

/// Adds the links of the table.
pub(super) struct Links;

impl Modify for Links {
    fn modify(&self, document: &mut OpenApi) {
        let table = table();
        let items = document.paths.paths.values_mut();
        for operation in items.flat_map(super::operations) {
            let own = operation.operation_id.clone().unwrap_or_default();
            for (status, response) in &mut operation.responses.responses {
                let RefOr::T(response) = response else {
                    continue;
                };
                if !matches!(status.as_str(), "200" | "201") {
                    continue;
                }
                for (_, next, sources) in table.iter().filter(|(from, ..)| *from == own) {
                    response
                        .links
                        .insert((*next).to_owned(), RefOr::T(link(next, sources)));
                }
            }
        }
    }
}

fn link(operation: &str, sources: &[Source]) -> Link {
    let link = Link::builder().operation_id(operation);
    let add = |link: LinkBuilder, (name, source): &Source| link.parameter(*name, *source);
    sources.iter().fold(link, add).build()
}
