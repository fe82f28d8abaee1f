//! The HTTP API described, from the handlers themselves: `GET /api/openapi.json`, `wechat-login-proxy openapi` and the
//! committed `docs/openapi.json`.
//!
//! What stands at a handler is its own; what all answers share is added here, once.

mod heads;
pub(crate) mod parameters;
pub(crate) mod responses;

use utoipa::openapi::OpenApi as Description;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::schema::{Object, ObjectBuilder, Ref, Schema, SchemaType, Type};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{Components, RefOr, Response, ResponseBuilder, Server};
use utoipa::{IntoResponses, OpenApi as _};

use self::responses::{
    Busy, Internal, InvalidRequest, NoServiceKey, NotFound, NotJson, NotSignedIn, TooLong, TooSlow,
};
use crate::http::middleware::request_id::RequestId;
use crate::http::routes::{
    auth, bootstrap, health, jssdk, look_ups, openapi, qr, records, report, service, session,
};

/// The security scheme of whoever is signed in.
const SESSION: &str = "session";
/// The same without cookies.
const TOKEN: &str = "token";
/// The security scheme of the company's backends.
const SERVICE_KEY: &str = "service_key";

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "wechat-login-proxy",
        description = "Logins with WeChat, and what belongs to whoever is signed in. JSON in UTF-8. \
            Answers under /api/ and /service/ are never cached. \
            What a web server in front refuses itself never comes here and looks as that server makes it, \
            mostly HTML, without request id: 400, 404 for /service/, 413, 414, 431, 502, 503, 504.",
    ),
    tags(
        (name = "app", description = "For the app in the browser; who asks comes from the session's cookie, or the token of a mini-program or a mobile app, alone"),
        (name = "service", description = "For the company's own backends, never for browsers"),
        (name = "operations", description = "For whoever watches the process, and for developers"),
    ),
    paths(
        bootstrap::show,
        session::show,
        session::sign_in,
        session::sign_out,
        qr::show,
        jssdk::show,
        report::take,
        auth::show,
        records::list,
        records::show,
        records::put,
        records::delete,
        look_ups::find_users,
        look_ups::list_users,
        service::show_user,
        service::note_user,
        service::erase_user,
        service::list_records,
        service::show_record,
        service::put_record,
        service::delete_record,
        openapi::show,
        health::alive,
        health::ready,
    ),
    components(schemas(api_types::ApiErrorBody, api_types::Across)),
)]
struct Document;

/// The name of the session's cookie where `public_url` is https and has no path.
pub const PRODUCTION_COOKIE: &str = crate::login::session::HTTPS_NAME;

/// The document of a server whose session cookie has this name and whose API is below `path`, as indented JSON that ends
/// with a line break.
pub fn document(cookie: &str, path: &str) -> String {
    let mut document = described(cookie);
    if !path.is_empty() {
        document.servers = Some(vec![Server::new(path)]);
        // The service API has no address below it.
        let root = vec![Server::new("/")];
        for (route, item) in &mut document.paths.paths {
            if route.starts_with("/service/") {
                item.servers = Some(root.clone());
            }
        }
    }
    // The document holds nothing that JSON cannot.
    document.to_pretty_json().unwrap_or_default() + "\n"
}

fn described(cookie: &str) -> Description {
    let mut document = Document::openapi();
    who_may_ask(&mut document);
    security_schemes(&mut document);
    refusals(&mut document);
    refused_anywhere(&mut document);
    or_a_token(&mut document);
    plain_words(&mut document);
    parameters_are_never_null(&mut document);
    request_ids(&mut document);
    of_web_servers(&mut document);
    heads::add(&mut document);
    // The licence of the package is no matter of who calls it.
    document.info.license = None;
    let scheme = ApiKeyValue::with_description(
        cookie,
        "The encrypted session that POST /api/session sets. Its name is this one where the site is https.",
    );
    if let Some(components) = &mut document.components {
        components.add_security_scheme(SESSION, SecurityScheme::ApiKey(ApiKey::Cookie(scheme)));
    }
    document
}

/// In the place of modules' names: backends ask below `/service/`, each with its key; all else is for the app, where it
/// does not say otherwise.
fn who_may_ask(document: &mut Description) {
    for (route, item) in &mut document.paths.paths {
        let is_service = route.starts_with("/service/");
        let tag = if is_service { "service" } else { "app" };
        for operation in operations(item) {
            let tags = operation.tags.get_or_insert_default();
            if !tags.iter().any(|tag| tag == "operations") {
                *tags = vec![tag.to_owned()];
            }
            if is_service {
                operation.security = Some(vec![SecurityRequirement::new(SERVICE_KEY, [""; 0])]);
            }
        }
    }
}

fn security_schemes(document: &mut Description) {
    for (name, description) in [
        (SERVICE_KEY, "A key of the section service_keys"),
        (
            TOKEN,
            "The token that POST /api/session gives a mini-program or a mobile app",
        ),
    ] {
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some(description));
        document
            .components
            .get_or_insert_with(Components::new)
            .add_security_scheme(name, SecurityScheme::Http(bearer.build()));
    }
}

/// A token is as good as the session's cookie everywhere.
fn or_a_token(document: &mut Description) {
    let [session, token] = [SESSION, TOKEN].map(|it| SecurityRequirement::new(it, [""; 0]));
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        let security = operation.security.iter_mut();
        for security in security.filter(|it| it.contains(&session)) {
            security.push(token.clone());
        }
    }
}

/// Puts the answers there that refusals refer to.
fn refusals(document: &mut Description) {
    let components = document.components.get_or_insert_with(Components::new);
    for (name, response) in responses::all() {
        let response = RefOr::T(response);
        components.responses.insert(name.to_owned(), response);
    }
}

/// What any request can meet before its handler sees it: a server that has too much to do, a guard, a body that is not as
/// it has to be.
fn refused_anywhere(document: &mut Description) {
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        if operation.operation_id.as_deref().is_some_and(is_probe) {
            continue;
        }
        let mut anywhere = Busy::responses();
        if is_guarded(operation, SESSION) {
            anywhere.extend(NotSignedIn::responses());
        }
        if is_guarded(operation, SERVICE_KEY) {
            anywhere.extend(NoServiceKey::responses());
            // A path names an account and a user, who both may be unknown, and the database is asked.
            anywhere.extend(InvalidRequest::responses());
            anywhere.extend(NotFound::responses());
            anywhere.extend(Internal::responses());
        }
        if let Some(body) = &operation.request_body {
            anywhere.extend(TooSlow::responses());
            // One that may be declared as something else besides is taken whatever it is declared as.
            if body.content.len() == 1 {
                anywhere.extend(InvalidRequest::responses());
                anywhere.extend(NotJson::responses());
                anywhere.extend(TooLong::responses());
            }
        }
        for (status, response) in anywhere {
            // Where a status has its own meaning, that of the operation says this, too.
            let responses = &mut operation.responses.responses;
            responses.entry(status).or_insert(response);
        }
    }
}

/// Whether nobody is let in without this.
fn is_guarded(operation: &Operation, scheme: &str) -> bool {
    let needed = SecurityRequirement::new(scheme, [""; 0]);
    operation.security.as_deref() == Some(&[needed])
}

fn is_probe(operation_id: &str) -> bool {
    operation_id.ends_with("_health") || operation_id.ends_with("_readiness")
}

/// A parameter that may be left out is an `Option` for the handler, which the macros take for one that may be null.
fn parameters_are_never_null(document: &mut Description) {
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        for parameter in operation.parameters.iter_mut().flatten() {
            if let Some(schema) = &mut parameter.schema {
                never_null(schema);
            }
        }
    }
}

fn never_null(schema: &mut RefOr<Schema>) {
    let is_null = |schema: &RefOr<Schema>| matches!(schema, RefOr::T(Schema::Object(it)) if it.schema_type == SchemaType::Type(Type::Null));
    match schema {
        RefOr::T(Schema::Object(object)) => {
            if let SchemaType::Array(types) = &object.schema_type
                && let Some(only) = types.iter().find(|it| **it != Type::Null)
            {
                object.schema_type = SchemaType::Type(only.clone());
            }
        }
        RefOr::T(Schema::OneOf(either)) => {
            either.items.retain(|item| !is_null(item));
            if let [only] = either.items.as_slice() {
                *schema = only.clone();
            }
        }
        _ => {}
    }
}

/// The handlers' comments without what only readers of the code need: the route, which error is which value, and
/// what a type is like in Rust.
fn plain_words(document: &mut Description) {
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        if let Some(summary) = &mut operation.summary
            && let Some((_, words)) = summary.split_once("`: ")
        {
            let mut letters = words.chars();
            let first = letters.next().into_iter().flat_map(char::to_uppercase);
            *summary = first.chain(letters).collect();
        }
        let description = operation.description.take().unwrap_or_default();
        let description = description.split("# Errors").next().unwrap_or_default();
        let description = description.trim();
        operation.description = (!description.is_empty()).then(|| description.to_owned());
    }
    let schemas = document.components.iter_mut();
    for schema in schemas.flat_map(|components| components.schemas.values_mut()) {
        let description = match schema {
            RefOr::T(Schema::Object(schema)) => &mut schema.description,
            RefOr::T(Schema::AllOf(schema)) => &mut schema.description,
            _ => continue,
        };
        if let Some(description) = description
            && let Some((first, _)) = description.split_once("\n\n")
        {
            *description = first.to_owned();
        }
    }
}

/// Every answer names its request: in a header, and in the envelope of every error.
fn request_ids(document: &mut Description) {
    let own = document.paths.paths.values_mut().flat_map(operations);
    let own = own.flat_map(|operation| operation.responses.responses.values_mut());
    let shared = document.components.iter_mut();
    let shared = shared.flat_map(|components| components.responses.values_mut());
    for response in own.chain(shared) {
        if let RefOr::T(response) = response {
            name_request(response);
        }
    }
    let error = document
        .components
        .iter_mut()
        .find_map(|components| components.schemas.get_mut("ApiError"));
    if let Some(RefOr::T(Schema::Object(error))) = error {
        let id = RefOr::T(Schema::Object(request_id()));
        error.properties.insert("request_id".to_owned(), id);
    }
}

fn name_request(response: &mut Response) {
    let header = HeaderBuilder::new().schema(request_id()).build();
    response.headers.insert("X-Request-Id".to_owned(), header);
}

fn request_id() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some(RequestId::pattern()))
        .description(Some(
            "Finds the request in the log: 16 hexadecimal digits made here, or what a trusted web server in front sent, \
             such as nginx's 32 digits or the UUID of Caddy",
        ))
        .build()
}

/// What only a web server in front answers: last, because it is no answer of ours and names no request.
fn of_web_servers(document: &mut Description) {
    let components = document.components.get_or_insert_with(Components::new);
    let response = ResponseBuilder::new()
        .description("Of a web server in front, in its own form: the address is longer than it takes, which is 8 KiB of nginx")
        .build();
    let name = "AddressTooLong";
    let all = &mut components.responses;
    all.insert(name.to_owned(), RefOr::T(response));
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        let response = RefOr::Ref(Ref::from_response_name(name));
        let responses = &mut operation.responses.responses;
        responses.insert("414".to_owned(), response);
    }
}

/// Those there are.
fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let all = [
        &mut item.get,
        &mut item.head,
        &mut item.post,
        &mut item.put,
        &mut item.delete,
    ];
    all.into_iter().filter_map(Option::as_mut)
}
