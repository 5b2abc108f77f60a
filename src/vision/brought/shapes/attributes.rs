//! The attributes of a node.

use rten_onnx::onnx::NodeProto;

/// Padding, strides and sides of windows.
pub(super) const MAX_WINDOW: i64 = 1024;

/// The attributes of a node.
pub struct Attributes<'a>(&'a NodeProto);

impl<'a> Attributes<'a> {
    pub fn of(node: &'a NodeProto) -> Attributes<'a> {
        Attributes(node)
    }

    fn find(&self, name: &str) -> Option<&'a rten_onnx::onnx::AttributeProto> {
        self.0
            .attribute
            .iter()
            .find(|attribute| attribute.name.as_deref() == Some(name))
    }

    pub(super) fn integer(&self, name: &str) -> Option<i64> {
        self.find(name)?.i
    }

    pub(super) fn integers(&self, name: &str) -> Option<&'a [i64]> {
        self.find(name).map(|attribute| attribute.ints.as_slice())
    }

    pub(super) fn text(&self, name: &str) -> &'a str {
        self.find(name)
            .and_then(|attribute| attribute.s.as_deref())
            .unwrap_or_default()
    }

    /// `count` numbers from `min` to [`MAX_WINDOW`]; `default` where the attribute is missing.
    pub(super) fn window(
        &self,
        name: &str,
        count: usize,
        min: i64,
        default: i64,
    ) -> Result<Vec<usize>, String> {
        let numbers = match self.integers(name) {
            Some(numbers) if !numbers.is_empty() => numbers.to_vec(),
            _ => vec![default; count],
        };
        if numbers.len() != count
            || !numbers
                .iter()
                .all(|number| (min..=MAX_WINDOW).contains(number))
        {
            return Err(format!(
                "has {name} of {:?}",
                &numbers[..numbers.len().min(8)]
            ));
        }
        Ok(numbers.into_iter().map(|number| number as usize).collect())
    }
}
