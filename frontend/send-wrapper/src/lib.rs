//! Stands in for the crate `send_wrapper`, by `[patch.crates-io]` in the workspace's `Cargo.toml`.
//!
//! leptos lets values of the browser pass for `Send`, and that crate asks at each use whether the thread is still the one
//! they were made on. A WebAssembly module without atomics has a single thread, so here nothing is asked: 0.5 KB (brotli)
//! less on every phone. And only without the standard library's threads its own heap goes, too, where the app has a
//! smaller one: another 1.9 KB. Everywhere else it is asked as in the crate.
//!
//! What is here is what leptos 0.8 uses.

use std::fmt;
use std::mem::ManuallyDrop;
use std::ops::{Deref, DerefMut};
#[cfg(feature = "futures")]
use std::{
    pin::Pin,
    task::{Context, Poll},
};

#[cfg(feature = "futures")]
use futures_util::Stream;

#[cfg(any(not(target_arch = "wasm32"), target_feature = "atomics"))]
mod thread {
    /// The thread that a value was made on.
    #[derive(PartialEq)]
    pub(crate) struct Thread(std::thread::ThreadId);

    impl Thread {
        pub(crate) fn current() -> Self {
            Self(std::thread::current().id())
        }
    }
}

#[cfg(all(target_arch = "wasm32", not(target_feature = "atomics")))]
mod thread {
    /// The only thread there is.
    #[derive(PartialEq)]
    pub(crate) struct Thread;

    impl Thread {
        pub(crate) fn current() -> Self {
            Self
        }
    }
}

use thread::Thread;

/// A value that may be moved between threads, and is used and dropped only on the one that made this.
pub struct SendWrapper<T> {
    value: ManuallyDrop<T>,
    thread: Thread,
}

// SAFETY: whatever reaches the value asks `valid` first.
unsafe impl<T> Send for SendWrapper<T> {}
// SAFETY: as above.
unsafe impl<T> Sync for SendWrapper<T> {}

impl<T> SendWrapper<T> {
    /// Of a value of this thread.
    pub fn new(value: T) -> Self {
        Self {
            value: ManuallyDrop::new(value),
            thread: Thread::current(),
        }
    }

    /// Whether this is the thread of the value.
    pub fn valid(&self) -> bool {
        self.thread == Thread::current()
    }

    /// The value itself.
    ///
    /// # Panics
    /// On another thread.
    pub fn take(self) -> T {
        self.check();
        let mut this = ManuallyDrop::new(self);
        // SAFETY: `this` is dropped by nobody, so the value is taken once.
        unsafe { ManuallyDrop::take(&mut this.value) }
    }

    #[cfg(feature = "futures")]
    fn pinned(self: Pin<&mut Self>) -> Pin<&mut T> {
        // SAFETY: the value is a field of what is pinned, and leaves it only through `take`, which needs it unpinned.
        unsafe { self.map_unchecked_mut(|this| &mut **this) }
    }

    fn check(&self) {
        assert!(self.valid(), "a value of another thread");
    }
}

impl<T> Deref for SendWrapper<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.check();
        &self.value
    }
}

impl<T> DerefMut for SendWrapper<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.check();
        &mut self.value
    }
}

impl<T> Drop for SendWrapper<T> {
    fn drop(&mut self) {
        if std::mem::needs_drop::<T>() {
            // While a panic unwinds, a second one would end the process; the value is then better never dropped.
            if !self.valid() && std::thread::panicking() {
                return;
            }
            self.check();
            // SAFETY: nobody uses the value after this, and `take` forgets `self`.
            unsafe { ManuallyDrop::drop(&mut self.value) }
        }
    }
}

impl<T: Clone> Clone for SendWrapper<T> {
    fn clone(&self) -> Self {
        Self::new(T::clone(self))
    }
}

impl<T: fmt::Debug> fmt::Debug for SendWrapper<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("SendWrapper").field(&**self).finish()
    }
}

#[cfg(feature = "futures")]
impl<F: Future> Future for SendWrapper<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        self.pinned().poll(context)
    }
}

#[cfg(feature = "futures")]
impl<S: Stream> Stream for SendWrapper<S> {
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<S::Item>> {
        self.pinned().poll_next(context)
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;
    use std::thread;

    use super::SendWrapper;

    #[test]
    fn the_value_is_for_its_own_thread_alone() {
        let value = Rc::new(1);
        let wrapper = SendWrapper::new(Rc::clone(&value));
        assert_eq!(**wrapper, 1);
        let wrapper = thread::spawn(move || (wrapper.valid(), wrapper));
        let (valid_there, wrapper) = wrapper.join().unwrap();
        assert!(!valid_there && wrapper.valid());
        assert_eq!(Rc::strong_count(&value), 2);
        drop(wrapper.clone());
        assert_eq!(*wrapper.take(), 1);
        assert_eq!(Rc::strong_count(&value), 1);

        type Use = fn(SendWrapper<Rc<i32>>);
        let uses: [Use; 4] = [
            |it| drop((*it).clone()),
            |mut it| *it = Rc::new(2),
            |it| drop(it.take()),
            drop,
        ];
        for using in uses {
            let wrapper = SendWrapper::new(Rc::clone(&value));
            assert!(thread::spawn(move || using(wrapper)).join().is_err());
        }
        // What needs no drop may be dropped anywhere.
        let number = SendWrapper::new(1);
        thread::spawn(move || drop(number)).join().unwrap();
    }
}
