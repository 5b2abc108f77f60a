//! Values that are derived from the library for drawing: computed once and kept until their source changes.

use std::sync::Arc;

/// A value and its source.
#[derive(Clone, Debug)]
pub struct Cached<Source, Value>(Option<(Source, Value)>);

impl<Source, Value> Default for Cached<Source, Value> {
    fn default() -> Self {
        Self(None)
    }
}

impl<Source: PartialEq, Value> Cached<Source, Value> {
    /// The value for this source: the cached one, or a new one.
    pub fn get(&mut self, source: Source, make: impl FnOnce(&Source) -> Value) -> &mut Value {
        let kept = self.0.take().filter(|(from, _)| *from == source);
        let (_, value) = self.0.insert(kept.unwrap_or_else(|| {
            let value = make(&source);
            (source, value)
        }));
        value
    }
}

/// A shared value that is compared by address: two values with the same content are different versions.
#[derive(Debug)]
pub struct Version<T: ?Sized>(pub Arc<T>);

impl<T: ?Sized> Version<T> {
    pub fn of(value: &Arc<T>) -> Self {
        Self(value.clone())
    }
}

impl<T: ?Sized> Clone for Version<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: ?Sized> PartialEq for Version<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}
