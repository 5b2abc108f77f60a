//! What the window remembers between two runs: a small JSON file in the platform's configuration folder.
//!
//! If the file is missing or invalid, the defaults are used. Saving replaces the file in one step.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::app::theme;
use crate::vision::DeviceChoice;
use crate::{files, platform};

/// Light, dark, or the system's theme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThemeChoice {
    #[default]
    System,
    Light,
    Dark,
}

impl ThemeChoice {
    pub fn preference(self) -> egui::ThemePreference {
        match self {
            ThemeChoice::System => egui::ThemePreference::System,
            ThemeChoice::Light => egui::ThemePreference::Light,
            ThemeChoice::Dark => egui::ThemePreference::Dark,
        }
    }
}

/// The order of the cards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupSort {
    /// Most faces first.
    #[default]
    Faces,
    Name,
    /// Latest photo first.
    Recent,
}

impl GroupSort {
    pub const ALL: [GroupSort; 3] = [GroupSort::Faces, GroupSort::Name, GroupSort::Recent];

    pub fn text(self) -> &'static str {
        match self {
            GroupSort::Faces => "Most faces",
            GroupSort::Name => "Name",
            GroupSort::Recent => "Latest photo",
        }
    }
}

/// The order of a person's faces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaceSort {
    /// By the date of the photo, in years.
    #[default]
    Date,
    /// Best shot first: sharp, looking into the camera with open eyes.
    Best,
}

impl FaceSort {
    pub const ALL: [FaceSort; 2] = [FaceSort::Date, FaceSort::Best];

    pub fn text(self) -> &'static str {
        match self {
            FaceSort::Date => "Date",
            FaceSort::Best => "Best shot",
        }
    }
}

/// Position and size of the window, in points.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct WindowPlace {
    pub width: f32,
    pub height: f32,
    /// Top left corner with the frame; unknown on Wayland.
    pub position: Option<[f32; 2]>,
    pub maximized: bool,
}

impl Default for WindowPlace {
    fn default() -> Self {
        Self {
            width: 1280.0,
            height: 800.0,
            position: None,
            maximized: false,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    pub theme: ThemeChoice,
    pub window: WindowPlace,
    /// The last library.
    pub library: Option<PathBuf>,
    /// The last folder that was added: where the next folder dialog starts.
    pub folder: Option<PathBuf>,
    /// The last folder for albums.
    pub albums: Option<PathBuf>,
    pub sort: GroupSort,
    pub face_sort: FaceSort,
    pub card_size: f32,
    pub inspector: bool,
    pub device: DeviceChoice,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: ThemeChoice::default(),
            window: WindowPlace::default(),
            library: None,
            folder: None,
            albums: None,
            sort: GroupSort::default(),
            face_sort: FaceSort::default(),
            card_size: theme::CARD_SIZE,
            inspector: true,
            device: DeviceChoice::default(),
        }
    }
}

/// Settings files are a few hundred bytes; a larger one is not ours.
const MAX_BYTES: u64 = 64 * 1024;

#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error(
        "the settings could not be written to {path:?} ({source}): free some space or allow writing to the folder; Kinfolk tries again every half minute"
    )]
    Io {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("the settings could not be written as JSON ({0})")]
    Json(#[from] serde_json::Error),
}

impl Settings {
    /// `settings.json` in the platform's configuration folder; `None` if there is no home folder.
    pub fn default_path() -> Option<PathBuf> {
        Some(platform::config_folder()?.join("settings.json"))
    }

    pub fn load(path: &Path) -> Settings {
        match std::fs::metadata(path) {
            Ok(metadata) if metadata.len() <= MAX_BYTES => {}
            Ok(_) => {
                tracing::warn!("the settings file {path:?} is too large: using the defaults");
                return Settings::default();
            }
            Err(_) => return Settings::default(),
        }
        let settings = std::fs::read(path)
            .map_err(|error| error.to_string())
            .and_then(|bytes| {
                serde_json::from_slice::<Settings>(&bytes).map_err(|error| error.to_string())
            });
        match settings {
            Ok(settings) => settings.within_bounds(),
            Err(error) => {
                tracing::warn!(
                    "the settings file {path:?} can't be read ({error}): using the defaults"
                );
                Settings::default()
            }
        }
    }

    /// Replaces the file in one step, so that a crash leaves the old one or the new one.
    pub fn save(&self, path: &Path) -> Result<(), SettingsError> {
        let io = |source| SettingsError::Io {
            path: path.to_owned(),
            source,
        };
        std::fs::create_dir_all(files::folder_of(path)).map_err(io)?;
        files::write_private(path, &serde_json::to_vec_pretty(self)?).map_err(io)
    }

    /// Limits the values, so that a file edited by hand can't make the window unusable.
    fn within_bounds(mut self) -> Settings {
        let defaults = Settings::default();
        let finite = |value: f32, low: f32, high: f32, default: f32| {
            if value.is_finite() {
                value.clamp(low, high)
            } else {
                default
            }
        };
        self.card_size = finite(
            self.card_size,
            *theme::CARD_SIZES.start(),
            *theme::CARD_SIZES.end(),
            defaults.card_size,
        );
        self.window.width = finite(self.window.width, 640.0, 16_384.0, defaults.window.width);
        self.window.height = finite(self.window.height, 400.0, 16_384.0, defaults.window.height);
        self.window.position = self
            .window
            .position
            .filter(|corner| corner.iter().all(|value| value.is_finite()));
        self
    }
}
