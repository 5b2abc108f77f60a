fn main() { let mut a = std::env::args_os().skip(1); let lib = a.next().map(Into::into); let folder = a.next().map(Into::into);
 tracing_subscriber::fmt().with_env_filter(std::env::var("KINFOLK_LOG").unwrap_or_default()).with_writer(std::io::stderr).init();
 if let Err(e) = kinfolk::app::run(lib, folder) { eprintln!("{e}"); } }
