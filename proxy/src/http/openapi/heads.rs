//! `HEAD`, described by what is said of `GET`.

use utoipa::openapi::schema::Ref;
use utoipa::openapi::{Components, OpenApi as Description, RefOr};

/// What web servers and whoever watches ask for without wanting the body: as of `GET` in all else.
pub(super) fn add(document: &mut Description) {
    let components = document.components.get_or_insert_with(Components::new);
    for item in document.paths.paths.values_mut() {
        let id = item.get.as_ref().and_then(|it| it.operation_id.as_deref());
        let id = match id {
            Some("authenticate") => "authenticate_head",
            Some("get_health") => "head_health",
            Some("get_readiness") => "head_readiness",
            _ => continue,
        };
        let mut head = item.get.clone().unwrap_or_default();
        head.operation_id = Some(id.to_owned());
        head.summary = Some("The same, without a body.".to_owned());
        head.description = None;
        for response in head.responses.responses.values_mut() {
            if let RefOr::Ref(Ref { ref_location, .. }) = response {
                let name = ref_location.rsplit('/').next().unwrap_or_default();
                *response = components
                    .responses
                    .get(name)
                    .cloned()
                    .unwrap_or_else(|| response.clone());
            }
            if let RefOr::T(response) = response {
                response.content.clear();
            }
        }
        item.head = Some(head);
    }
}
