//! Where an event stands in the journal: what the index keeps of it.

use jiff::Timestamp;

use super::keys;

/// Bytes of the journal that make up an event.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// The segment's number.
    pub segment: u64,
    /// Where the body starts.
    pub body: u64,
    /// How long the body is.
    pub body_len: u64,
    /// Where the line with its texts starts.
    pub texts: u64,
    /// How long that line is, without its end; 0 if there is none.
    pub texts_len: u64,
}

/// An entry of the index of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Indexed {
    pub place: Place,
    pub at: Timestamp,
    /// Its texts were removed for good.
    pub erased: bool,
}

impl Indexed {
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(32);
        out.push(u8::from(self.erased));
        out.extend_from_slice(&keys::instant(self.at));
        let Place { segment, body, body_len, texts, texts_len } = self.place;
        // The texts stand after the body: the distance is the smaller number.
        for number in [segment, body, body_len, texts_len, texts.saturating_sub(body)] {
            varint(&mut out, number);
        }
        out
    }

    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (&erased, rest) = bytes.split_first()?;
        let at = keys::at(rest)?;
        let mut rest = rest.get(12..)?;
        let mut next = || unvarint(&mut rest);
        let (segment, body, body_len, texts_len, distance) = (next()?, next()?, next()?, next()?, next()?);
        let place = Place { segment, body, body_len, texts: body.checked_add(distance)?, texts_len };
        Some(Self { place, at, erased: erased != 0 })
    }
}

/// Seven bits a byte, lowest first.
pub(super) fn varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push((number & 0x7f) as u8);
}

/// What [`varint`] wrote, taken off the front of `bytes`.
pub(super) fn unvarint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_survives_its_bytes() {
        for (body, texts) in [(0, 0), (127, 128), (u64::from(u32::MAX), u64::MAX / 2)] {
            let place = Place { segment: 300, body, body_len: 70_000, texts: texts.max(body), texts_len: 5 };
            let entry = Indexed { place, at: Timestamp::UNIX_EPOCH, erased: true };
            assert_eq!(Indexed::decode(&entry.encode()), Some(entry));
            assert_eq!(Indexed::decode(&entry.encode()[..14]), None);
        }
    }
}
