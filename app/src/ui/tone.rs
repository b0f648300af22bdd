//! What a piece says by its colour; never by colour alone.

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    Primary,
    #[default]
    Plain,
    Ghost,
    Danger,
    Good,
    Bad,
}

impl Tone {
    pub const ALL: [Self; 6] = [Self::Primary, Self::Plain, Self::Ghost, Self::Danger, Self::Good, Self::Bad];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Plain => "plain",
            Self::Ghost => "ghost",
            Self::Danger => "danger",
            Self::Good => "good",
            Self::Bad => "bad",
        }
    }
}
