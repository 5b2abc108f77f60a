//! A walk over the bytes of an ONNX file that bounds what reading it allocates.
//!
//! ONNX is a protocol buffer (<https://github.com/onnx/onnx/blob/main/onnx/onnx.proto>): messages within messages, each with
//! its length. The reader of the runtime follows lengths and nesting as deep as the file says, and an empty message of two
//! bytes becomes hundreds of bytes in memory. So the file is walked first, without allocating: every length must lie within its
//! message, only the messages of a plain network are allowed, and their number and the bytes beside the weights are limited.

use super::error::BroughtError;

/// Messages and numbers in a file. Recognizers with a thousand layers have 20,000.
const MAX_PARTS: usize = 200_000;
/// Bytes of everything but weights: names, attributes, descriptions.
const MAX_OTHER_BYTES: usize = 16 << 20;

/// A message, and what its fields hold.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Message {
    Model,
    Graph,
    Node,
    Attribute,
    Tensor,
    ValueInfo,
    Type,
    TensorType,
    Shape,
}

/// What a field holds.
enum Content {
    Message(Message),
    /// Weights, which take as much memory as they have bytes.
    Weights,
    Other,
    Refused(&'static str),
}

impl Message {
    /// By the numbers in `onnx.proto`.
    fn content(self, field: u64) -> Content {
        use Content::{Message as Inner, Other, Refused, Weights};
        match (self, field) {
            (Message::Model, 7) => Inner(Message::Graph),
            (Message::Model, 20) => Refused("it has a graph for training"),
            (Message::Model, 25) => Refused("it defines functions"),
            (Message::Graph, 1) => Inner(Message::Node),
            (Message::Graph, 5) => Inner(Message::Tensor),
            (Message::Graph, 15) => Refused("it has sparse tensors"),
            (Message::Graph, 11..=13) => Inner(Message::ValueInfo),
            (Message::Node, 5) => Inner(Message::Attribute),
            (Message::Attribute, 5) => Inner(Message::Tensor),
            (Message::Attribute, 6 | 11) => {
                Refused("it has graphs within the graph (If, Loop, Scan)")
            }
            (Message::Attribute, 10 | 22 | 23) => {
                Refused("it has lists of tensors or sparse tensors")
            }
            (Message::Tensor, 4 | 9) => Weights,
            (Message::Tensor, 13) => {
                Refused("its weights are in another file: save it with all weights in one file")
            }
            (Message::ValueInfo, 2) => Inner(Message::Type),
            (Message::Type, 1) => Inner(Message::TensorType),
            (Message::Type, 4 | 5 | 8 | 9) => Refused("it has values that are not tensors"),
            (Message::TensorType, 2) => Inner(Message::Shape),
            _ => Other,
        }
    }
}

/// Checks an ONNX file before anything reads it.
///
/// # Errors
/// [`BroughtError::NotOnnx`] if it is truncated or something else, [`BroughtError::Refused`] if it has more than a network
/// needs.
pub fn check_bounds(file: &[u8]) -> Result<(), BroughtError> {
    let mut walk = Walk::default();
    walk.message(Message::Model, file)?;
    match walk.graphs {
        0 => Err(BroughtError::NotOnnx("it has no graph".into())),
        1 => Ok(()),
        _ => Err(BroughtError::Refused("it has several graphs".into())),
    }
}

#[derive(Default)]
struct Walk {
    parts: usize,
    other_bytes: usize,
    graphs: usize,
}

impl Walk {
    /// Recursion ends with [`Message::Shape`]: no message is within another of its kind.
    fn message(&mut self, message: Message, mut rest: &[u8]) -> Result<(), BroughtError> {
        while !rest.is_empty() {
            self.parts += 1;
            if self.parts > MAX_PARTS {
                return Err(BroughtError::Refused(format!(
                    "it has more than {MAX_PARTS} parts; Kinfolk runs plain networks"
                )));
            }
            let key = varint(&mut rest)?;
            let content = message.content(key >> 3);
            if let Content::Refused(reason) = content {
                return Err(BroughtError::Refused(format!(
                    "{reason}; Kinfolk runs plain networks"
                )));
            }
            let value = value(key & 7, &mut rest)?;
            match content {
                Content::Message(inner) if key & 7 == 2 => {
                    self.graphs += usize::from(inner == Message::Graph);
                    self.message(inner, value)?;
                }
                Content::Weights if key & 7 == 2 => {}
                _ => self.count_other(value.len())?,
            }
        }
        Ok(())
    }

    fn count_other(&mut self, bytes: usize) -> Result<(), BroughtError> {
        self.other_bytes += bytes;
        if self.other_bytes > MAX_OTHER_BYTES {
            return Err(BroughtError::Refused(format!(
                "it has more than {} MiB beside its weights",
                MAX_OTHER_BYTES >> 20
            )));
        }
        Ok(())
    }
}

/// Takes the bytes of a field's value, without its length.
fn value<'a>(wire_type: u64, rest: &mut &'a [u8]) -> Result<&'a [u8], BroughtError> {
    let bytes = match wire_type {
        0 => {
            let before = *rest;
            varint(rest)?;
            return Ok(&before[..before.len() - rest.len()]);
        }
        1 => 8,
        2 => usize::try_from(varint(rest)?).unwrap_or(usize::MAX),
        5 => 4,
        _ => {
            return Err(BroughtError::NotOnnx(format!(
                "it has a field of the kind {wire_type}"
            )));
        }
    };
    let (value, after) = rest
        .split_at_checked(bytes)
        .ok_or_else(|| BroughtError::NotOnnx("it ends within a field".into()))?;
    *rest = after;
    Ok(value)
}

/// Takes a number of one to ten bytes, seven bits in each, the low ones first.
fn varint(rest: &mut &[u8]) -> Result<u64, BroughtError> {
    let mut number = 0;
    for (index, &byte) in rest.iter().take(10).enumerate() {
        number |= u64::from(byte & 0x7f)
            .checked_shl(7 * index as u32)
            .unwrap_or(0);
        if byte < 0x80 {
            *rest = &rest[index + 1..];
            return Ok(number);
        }
    }
    Err(BroughtError::NotOnnx("it ends within a number".into()))
}
