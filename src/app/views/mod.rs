//! One file per place of the window.
