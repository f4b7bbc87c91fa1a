//! How many cards stand beside each other.

use ratatui::layout::Rect;

/// How much of a slot can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Size {
    /// One row.
    Row,
    /// A frame with some rows in it.
    Card,
    /// A frame with room for big letters.
    Big,
}

impl Size {
    const ALL: [Self; 3] = [Self::Big, Self::Card, Self::Row];

    /// The columns and rows it needs.
    const fn least(self) -> (u16, u16) {
        match self {
            Self::Row => (24, 1),
            Self::Card => (25, 4),
            Self::Big => (36, 10),
        }
    }

    /// The most that an area has room for.
    pub(super) fn of(area: Rect) -> Option<Self> {
        Self::ALL.into_iter().find(|size| {
            let (width, height) = size.least();
            area.width >= width && area.height >= height
        })
    }
}

/// Where the cards are, row by row, in the order of the slots: as large as they can all be, and beside
/// each other so that they are neither too flat nor too narrow. None, if not even one row for each is there.
pub(super) fn places(area: Rect, cards: usize) -> Vec<Rect> {
    let Ok(count @ 1..) = u16::try_from(cards) else { return Vec::new() };
    let shape = |columns: u16| (area.width / columns, area.height / count.div_ceil(columns));
    let fitting = |size: Size| {
        let (least_width, least_height) = size.least();
        let columns = (1..=count).filter(move |columns| {
            let (width, height) = shape(*columns);
            width >= least_width && height >= least_height
        });
        // What there is more of than needed, in whichever direction there is less of it.
        columns.max_by_key(|columns| {
            let (width, height) = shape(*columns);
            let (width, height) = (
                u32::from(width) * 1000 / u32::from(least_width),
                u32::from(height) * 1000 / u32::from(least_height),
            );
            if size == Size::Row { (width, height) } else { (width.min(height), width) }
        })
    };
    let Some(columns) = Size::ALL.into_iter().find_map(fitting) else { return Vec::new() };
    let rows = count.div_ceil(columns);
    // Rows stand close together, as in a table.
    let packed = area.width / columns < Size::Card.least().0 || area.height / rows < Size::Card.least().1;
    let height = if packed { rows } else { area.height };
    // What is left over goes to the first ones, a cell each.
    let cut = |all: u16, parts: u16, index: u16| {
        let (each, more) = (all / parts, all % parts);
        (index * each + index.min(more), each + u16::from(index < more))
    };
    (0..count)
        .map(|index| {
            let (x, width) = cut(area.width, columns, index % columns);
            let (y, height) = cut(height, rows, index / columns);
            Rect { x: area.x + x, y: area.y + y, width, height }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_small_screen_has_rows_and_a_wall_has_big_letters() {
        let size = |width, height, cards| {
            places(Rect::new(0, 0, width, height), cards).first().copied().and_then(Size::of)
        };
        assert_eq!(size(80, 17, 1), Some(Size::Big));
        assert_eq!(size(80, 17, 4), Some(Size::Card));
        assert_eq!(size(80, 17, 8), Some(Size::Card));
        assert_eq!(size(80, 17, 24), Some(Size::Row));
        assert_eq!(size(120, 32, 8), Some(Size::Big));
        assert_eq!(size(240, 60, 24), Some(Size::Big));
        assert_eq!(size(40, 3, 24), None);
    }

    proptest! {
        #[test]
        fn cards_lie_in_the_area_and_not_on_each_other(width in 1u16..300, height in 1u16..100, cards in 1usize..30) {
            let area = Rect::new(3, 2, width, height);
            let places = places(area, cards);
            prop_assert!(places.is_empty() || places.len() == cards);
            for (index, place) in places.iter().enumerate() {
                prop_assert_eq!(area.intersection(*place), *place);
                prop_assert!(places[..index].iter().all(|other| !other.intersects(*place)));
            }
        }
    }
}
