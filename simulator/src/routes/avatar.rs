//! Pictures, drawn here so that nothing is fetched from anywhere.

use actix_web::{HttpResponse, web};

use crate::pages;
use crate::platform::Picture;
use crate::shared::SharedPlatform;

/// The edge WeChat uses where an address names none.
const DEFAULT_SIZE: u16 = 132;

/// `GET /_simulator/avatar/{person}`.
pub(crate) async fn picture(
    person: web::Path<String>,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    draw(&person, DEFAULT_SIZE, &platform)
}

/// `GET /_simulator/avatar/{person}/{size}`: WeChat's `headimgurl` ends in 0, 46, 64, 96 or 132, where 0 stands for 640.
pub(crate) async fn picture_of_size(
    path: web::Path<(String, u16)>,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    let (person, size) = path.into_inner();
    match size {
        0 => draw(&person, 640, &platform),
        46 | 64 | 96 | 132 => draw(&person, size, &platform),
        _ => HttpResponse::NotFound().finish(),
    }
}

fn draw(person: &str, size: u16, platform: &SharedPlatform) -> HttpResponse {
    match platform.lock().people().get(person) {
        // As WeChat's old addresses do once the person has changed the picture. Our own pages need one all the same.
        Some(person) if size == DEFAULT_SIZE && person.picture == Picture::Dead => {
            HttpResponse::NotFound().finish()
        }
        Some(person) => HttpResponse::Ok()
            .content_type("image/svg+xml")
            .body(pages::avatar(person, size).into_string()),
        None => HttpResponse::NotFound().finish(),
    }
}
