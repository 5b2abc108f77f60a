//! Opening the window.

use std::path::PathBuf;

use egui::ViewportBuilder;

use crate::app::state::settings::Settings;
use crate::app::window::{App, AppOptions};

/// A PNG file of 256 x 256 pixels.
const ICON: &[u8] = include_bytes!("../../assets/icon.png");

/// Why there is no window.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    #[error(
        "the window could not be opened ({0}): check that a display and OpenGL 2.1 or later are available"
    )]
    NoWindow(#[from] eframe::Error),
}

/// Opens the window with a library (the last one if none is given) and returns when it is closed. `folder` is scanned
/// at once.
pub fn run(library: Option<PathBuf>, folder: Option<PathBuf>) -> Result<(), AppError> {
    let settings = Settings::default_path();
    let options = AppOptions {
        library,
        folder,
        settings: settings.clone(),
        ..AppOptions::default()
    };
    let window = settings
        .as_deref()
        .map(Settings::load)
        .unwrap_or_default()
        .window;
    let icon = eframe::icon_data::from_png_bytes(ICON).unwrap_or_default();
    let mut viewport = ViewportBuilder::default()
        .with_title("Kinfolk")
        .with_app_id("kinfolk")
        .with_icon(icon)
        .with_inner_size([window.width, window.height])
        .with_min_inner_size([720.0, 480.0])
        .with_maximized(window.maximized);
    if let Some(position) = window.position {
        viewport = viewport.with_position(position);
    }
    let native = eframe::NativeOptions {
        viewport,
        persist_window: false,
        ..Default::default()
    };
    eframe::run_native(
        "Kinfolk",
        native,
        Box::new(|cc| Ok(Box::new(App::new(&cc.egui_ctx, options)))),
    )?;
    Ok(())
}
