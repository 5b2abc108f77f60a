//! Where the platform wants a program's own files. Answers are `None` where the home folder is unknown.

use std::path::PathBuf;

use etcetera::{AppStrategy as _, AppStrategyArgs, app_strategy};

/// For the library and the demo photos.
pub fn data_folder() -> Option<PathBuf> {
    Some(strategy()?.data_dir())
}

/// For the window's settings.
pub fn config_folder() -> Option<PathBuf> {
    Some(strategy()?.config_dir())
}

fn strategy() -> Option<impl app_strategy::AppStrategy> {
    let names = AppStrategyArgs {
        top_level_domain: "app".to_owned(),
        author: "Kinfolk".to_owned(),
        app_name: "Kinfolk".to_owned(),
    };
    app_strategy::choose_native_strategy(names).ok()
}
