//! Albums and tables for other programs.
