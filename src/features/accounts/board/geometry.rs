//! Where columns and the pointer are, in pixels: pure arithmetic.

/// A press becomes a drag when the pointer has moved so far.
const DRAG_AFTER: f64 = 6.0;
/// Half of the space between two columns, which belongs to the nearer one.
const HALF_GAP: f64 = 8.0;
/// So near to an edge of the board, a drag scrolls it.
const EDGE: f64 = 48.0;
/// Pixels for each frame, right at the edge.
const SPEED_MAX: f64 = 18.0;

/// The edges of a column, counted from the left end of the board, whether that is scrolled into view or not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Edges {
    pub(super) left: f64,
    pub(super) right: f64,
}

/// The column at a place, counted as the edges are.
pub(super) fn column_at(columns: &[Edges], x: f64) -> Option<usize> {
    columns.iter().position(|column| (column.left - HALF_GAP..column.right + HALF_GAP).contains(&x))
}

/// Whether a pointer that was pressed has moved far enough to mean a drag.
pub(super) fn is_drag(from: (f64, f64), to: (f64, f64)) -> bool {
    (to.0 - from.0).hypot(to.1 - from.1) > DRAG_AFTER
}

/// How far the board scrolls in a frame while the pointer is `x` pixels from the left of its visible part.
pub(super) fn edge_speed(x: f64, width: f64) -> f64 {
    let into_left = (EDGE - x).clamp(0.0, EDGE);
    let into_right = (x - (width - EDGE)).clamp(0.0, EDGE);
    (into_right - into_left) / EDGE * SPEED_MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointer_is_over_the_column_whose_space_it_is_in() {
        let columns = [Edges { left: 16.0, right: 216.0 }, Edges { left: 232.0, right: 432.0 }];
        for (x, expected) in
            [(0.0, None), (16.0, Some(0)), (220.0, Some(0)), (226.0, Some(1)), (432.0, Some(1)), (900.0, None)]
        {
            assert_eq!(column_at(&columns, x), expected, "{x}");
        }
        assert_eq!(column_at(&[], 10.0), None);
    }

    #[test]
    fn trembling_hand_drags_nothing() {
        assert!(!is_drag((10.0, 10.0), (14.0, 13.0)));
        assert!(is_drag((10.0, 10.0), (10.0, 17.0)));
    }

    #[test]
    fn board_scrolls_near_its_edges_alone() {
        assert_eq!(edge_speed(200.0, 400.0), 0.0);
        assert_eq!(edge_speed(0.0, 400.0), -SPEED_MAX);
        assert_eq!(edge_speed(400.0, 400.0), SPEED_MAX);
        assert_eq!(edge_speed(-50.0, 400.0), -SPEED_MAX);
        assert_eq!(edge_speed(24.0, 400.0), -SPEED_MAX / 2.0);
    }
}
