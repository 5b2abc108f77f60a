//! Differences between platforms for the whole program: the folders for its own files (`None` if the home folder is
//! unknown), and signals that would end it.

use std::io;
use std::path::PathBuf;

use etcetera::{AppStrategy as _, AppStrategyArgs, app_strategy};

/// The folder for the library and the demo photos.
pub fn data_folder() -> Option<PathBuf> {
    Some(strategy()?.data_dir())
}

/// The folder for the settings of the window.
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

/// From here on, a write beyond the maximum size of a file is an ordinary error. On Unix its signal (SIGXFSZ) would end
/// the program.
pub fn full_files_are_errors() -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::sync::Arc;
        use std::sync::atomic::AtomicBool;
        // The flag is not used: the write that failed returns an error.
        let noted = Arc::new(AtomicBool::new(false));
        signal_hook::flag::register(libc::SIGXFSZ, noted)?;
    }
    Ok(())
}
