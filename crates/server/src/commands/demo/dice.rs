//! The chance of the demo: the same each time, so that two demos of one size look alike. What opens anything, and what names
//! it, comes from the operating system instead: nobody finds it in this source.

/// Numbers that look random and are the same each time: splitmix64 of Steele, Lea and Flood.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.roll() % limit
    }

    pub(super) fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from.get(usize::try_from(self.below(from.len() as u64)).unwrap_or_default()).copied().unwrap_or_default()
    }
}
