//! What differs between platforms for the whole program: where it keeps its own files (`None` where the home folder is
//! unknown), and signals that would end it.

use std::io;
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

/// A write beyond the largest size that a file may have is an error like any other from here on; on Unix its signal would
/// end the program (SIGXFSZ).
pub fn full_files_are_errors() -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::sync::Arc;
        use std::sync::atomic::AtomicBool;
        // What is noted is of no interest: the write that failed says so itself.
        let noted = Arc::new(AtomicBool::new(false));
        signal_hook::flag::register(libc::SIGXFSZ, noted)?;
    }
    Ok(())
}
