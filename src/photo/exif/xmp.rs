//! The orientation in an XMP packet (XMP specification, part 2: `tiff:Orientation`, an attribute or an element).

use crate::photo::Orientation;

const NAME: &[u8] = b"tiff:Orientation";
/// Bytes of a packet that are looked at.
const MAX_PACKET: usize = 1 << 20;

/// What a packet says, if it says 1 to 8.
pub(super) fn orientation(packet: &[u8]) -> Option<Orientation> {
    let packet = &packet[..packet.len().min(MAX_PACKET)];
    let mut places = packet.windows(NAME.len()).enumerate();
    places.find_map(|(at, name)| {
        let is_name = name == NAME;
        is_name.then(|| value(&packet[at + NAME.len()..])).flatten()
    })
}

/// The digit that follows the name: ` = "6"` or `>6<`.
fn value(after: &[u8]) -> Option<Orientation> {
    let is_between = |byte: &&u8| byte.is_ascii_whitespace() || b"=>\"'".contains(byte);
    let between = after.iter().take_while(is_between).count();
    match after.get(between..) {
        Some([digit @ b'1'..=b'8', b'"' | b'\'' | b'<' | b' ', ..]) if between > 0 => {
            Some(Orientation::from_exif(u32::from(digit - b'0')))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_and_elements_are_read_and_nothing_else() {
        let turned = Some(Orientation::from_exif(6));
        assert_eq!(
            orientation(b"<rdf:Description tiff:Orientation=\"6\"/>"),
            turned
        );
        assert_eq!(
            orientation(b"<rdf:Description tiff:Orientation = '6'/>"),
            turned
        );
        assert_eq!(
            orientation(b"<tiff:Orientation>6</tiff:Orientation>"),
            turned
        );
        assert_eq!(orientation(b"<tiff:Orientation>6"), None);
        assert_eq!(orientation(b"tiff:Orientation=\"66\""), None);
        assert_eq!(
            orientation(b"<tiff:OrientationOf>6</tiff:OrientationOf>"),
            None
        );
    }
}
