//! Elements of one type, for apps that are small: with the feature `lean` an element that `view!` names becomes an
//! [`Element`], whatever its tag and its attributes are.
//!
//! leptos has a type for each tag and for each attribute, each with code of its own to be built, rebuilt and dropped;
//! that is about 8 KB (brotli) of an app like ours. The methods that `view!` calls are those of leptos' traits; the
//! prelude of this module has one trait in their place, so what is written stays the same, and a page that imports
//! `leptos::prelude` instead works beside the others.
//!
//! Attributes are those of [`Attributes`], with texts or closures; a file with others, or with custom elements such as
//! WeChat's open tags, imports `leptos::prelude`.
//!
//! Only for views that are built in the browser: nothing is rendered to HTML or hydrated.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

use leptos::attr::Attribute;
use leptos::attr::any_attribute::AnyAttribute;
use leptos::ev::EventDescriptor;
use leptos::html::{ElementType, HtmlElement};
use leptos::prelude::{
    AddAnyAttr, AnyView, IntoAny, IntoRender, Mountable, Owner, Render, RenderEffect, RenderHtml,
};
use leptos::tachys::html::node_ref::NodeRefContainer;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::renderer::{Rndr, types};
use leptos::tachys::view::iterators::{StaticVec, StaticVecState};
use leptos::tachys::view::{Position, PositionState, any_view::AnyViewState};
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, JsValue};

/// What an element is told before it is built.
type Step = Box<dyn FnOnce(&types::Element) -> Option<Kept>>;

/// What lives as long as the element.
type Kept = Box<dyn std::any::Any>;

/// An element with its attributes and children.
pub struct Element {
    tag: &'static str,
    namespace: Option<&'static str>,
    attributes: Vec<(&'static str, Cow<'static, str>)>,
    steps: SendWrapper<Vec<Step>>,
    children: Vec<AnyView>,
}

/// The value of an attribute: a text, or what follows one that changes.
pub trait Value {
    /// Gives it to an element.
    fn give(self, name: &'static str, element: &mut Element);
}

impl Value for &'static str {
    fn give(self, name: &'static str, element: &mut Element) {
        element.attributes.push((name, self.into()));
    }
}

impl Value for String {
    fn give(self, name: &'static str, element: &mut Element) {
        element.attributes.push((name, self.into()));
    }
}

impl<F: FnMut() -> T + 'static, T: Into<Cow<'static, str>>> Value for F {
    fn give(mut self, name: &'static str, element: &mut Element) {
        element.follow(name, Box::new(move || self().into()));
    }
}

/// What `view!` makes of a closure where it erases types.
impl<T: Into<Cow<'static, str>> + 'static> Value for Arc<Mutex<dyn FnMut() -> T + Send>> {
    fn give(self, name: &'static str, element: &mut Element) {
        let value = move || self.lock().unwrap_or_else(PoisonError::into_inner)();
        value.give(name, element);
    }
}

impl Element {
    fn of(tag: &'static str, namespace: Option<&'static str>) -> Self {
        Self {
            tag,
            namespace,
            attributes: Vec::new(),
            steps: SendWrapper::new(Vec::new()),
            children: Vec::new(),
        }
    }

    fn follow(&mut self, name: &'static str, mut value: Box<dyn FnMut() -> Cow<'static, str>>) {
        self.steps.push(Box::new(move |element| {
            let element = element.clone();
            let set = move |_: Option<()>| Rndr::set_attribute(&element, name, &value());
            Some(Box::new(RenderEffect::new(set)))
        }));
    }

    fn listen(&mut self, name: Cow<'static, str>, mut listener: Box<dyn FnMut(JsValue)>) {
        let owner = Owner::current().unwrap_or_default();
        self.steps.push(Box::new(move |element| {
            let listener = Box::new(move |event| owner.with(|| listener(event)));
            Some(Box::new(Rndr::add_event_listener(element, &name, listener)))
        }));
    }
}

/// In the place of leptos' traits: what `view!` calls to put an element together.
pub trait Parts: Sized {
    /// The element so far.
    fn element(self) -> Element;

    /// An attribute.
    fn attr(self, name: &'static str, value: impl Value) -> Element {
        let mut element = self.element();
        value.give(name, &mut element);
        element
    }

    /// What is in it.
    fn child(self, child: impl IntoRender<Output: RenderHtml>) -> Element {
        let mut element = self.element();
        element.children.push(child.into_render().into_any());
        element
    }

    /// What is done about an event.
    fn on<E>(self, event: E, mut listener: impl FnMut(E::EventType) + 'static) -> Element
    where
        E: EventDescriptor<EventType: JsCast>,
    {
        let mut element = self.element();
        let listener = move |event: JsValue| listener(event.unchecked_into());
        element.listen(event.name(), Box::new(listener));
        element
    }

    /// Tells where the element is once it is built.
    fn node_ref<E: ElementType>(self, it: impl NodeRefContainer<E> + 'static) -> Element {
        let mut element = self.element();
        element.steps.push(Box::new(move |element| {
            it.load(element);
            None
        }));
        element
    }
}

impl<E: ElementType> Parts for HtmlElement<E, (), ()> {
    fn element(self) -> Element {
        const {
            assert!(
                !E::TAG.is_empty(),
                "a custom element: import leptos::prelude in this file"
            );
        }
        Element::of(E::TAG, E::NAMESPACE)
    }
}

impl Parts for Element {
    fn element(self) -> Self {
        self
    }
}

/// Attributes with a method of their own.
macro_rules! attributes {
    ($($method:ident $name:literal)*) => {
        /// Attributes that leptos has methods for, those with a dash apart; a page with others imports `leptos::prelude`.
        pub trait Attributes: Parts {
            $(
                #[doc = concat!("The attribute `", $name, "`.")]
                fn $method(self, value: impl Value) -> Element {
                    self.attr($name, value)
                }
            )*
        }
    };
}

attributes! {
    alt "alt"
    aria_describedby "aria-describedby"
    aria_hidden "aria-hidden"
    aria_label "aria-label"
    aria_live "aria-live"
    aria_pressed "aria-pressed"
    class "class"
    height "height"
    href "href"
    id "id"
    referrerpolicy "referrerpolicy"
    rel "rel"
    role "role"
    src "src"
    tabindex "tabindex"
    width "width"
}

impl<T: Parts> Attributes for T {}

/// An element in the page.
pub struct Built {
    element: types::Element,
    _kept: Vec<Kept>,
    _children: StaticVecState<AnyViewState>,
}

impl Render for Element {
    type State = Built;

    fn build(self) -> Built {
        let element = Rndr::create_element(self.tag, self.namespace);
        for (name, value) in self.attributes {
            Rndr::set_attribute(&element, name, &value);
        }
        let steps = self.steps.take().into_iter();
        let kept = steps.filter_map(|step| step(&element)).collect();
        let mut children = StaticVec::from(self.children).build();
        children.mount(&element, None);
        Built {
            element,
            _kept: kept,
            _children: children,
        }
    }

    /// By a new one: the old may have been of another tag.
    fn rebuild(self, state: &mut Built) {
        let mut new = self.build();
        state.insert_before_this(&mut new);
        state.unmount();
        *state = new;
    }
}

impl Mountable for Built {
    fn unmount(&mut self) {
        Rndr::remove(&self.element);
    }

    fn mount(&mut self, parent: &types::Element, marker: Option<&types::Node>) {
        Rndr::insert_node(parent, &self.element, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        let parent = Rndr::get_parent(&self.element).and_then(|it| it.dyn_into().ok());
        parent
            .map(|parent| child.mount(&parent, Some(&self.element)))
            .is_some()
    }

    fn elements(&self) -> Vec<types::Element> {
        vec![self.element.clone()]
    }
}

impl AddAnyAttr for Element {
    type Output<A: Attribute> = <AnyView as AddAnyAttr>::Output<A>;

    fn add_any_attr<A: Attribute>(self, attribute: A) -> Self::Output<A> {
        self.into_any().add_any_attr(attribute)
    }
}

impl RenderHtml for Element {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(
        self,
        _: &mut String,
        _: &mut Position,
        _: bool,
        _: bool,
        _: Vec<AnyAttribute>,
    ) {
    }

    fn hydrate<const FROM_SERVER: bool>(self, _: &Cursor, _: &PositionState) -> Built {
        self.build()
    }

    fn into_owned(self) -> Self {
        self
    }
}
