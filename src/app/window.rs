//! The window itself: what it holds, and what happens in a frame.
//!
//! In a frame, the window handles events, reads the keys, draws (views push actions), runs commands and actions, and
//! sends the queries of the views. `update/actions.rs` runs the actions, `update/events.rs` handles the events.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use egui::{Align, CentralPanel, Frame, Layout, Margin, Panel, Ui};

use crate::app::commands::action::Action;
use crate::app::commands::read_keys::PageKeys;
use crate::app::commands::to_action::CommandContext;
use crate::app::commands::ui_command::UiCommand;
use crate::app::dialogs::{Dialog, DialogOutput};
use crate::app::session::Session;
use crate::app::session::closing::Closing;
use crate::app::session::file_dialogs::FileDialogs;
use crate::app::session::request::Change;
use crate::app::shell::errors::bell_ui;
use crate::app::shell::inspector::{self, InspectorState, inspector_ui};
use crate::app::shell::palette::Palette;
use crate::app::shell::side_bar::side_bar_ui;
use crate::app::shell::status_bar::status_bar_ui;
use crate::app::shell::toasts::{Toasts, as_message};
use crate::app::shell::top_bar::{SearchBox, top_bar_ui};
use crate::app::shell::welcome::{failed_ui, opening_ui, welcome_ui};
use crate::app::state::name_offers::NameOffers;
use crate::app::state::naming::Naming;
use crate::app::state::navigation::{Navigation, Page};
use crate::app::state::queries::Query;
use crate::app::state::selection::{Selections, Shown};
use crate::app::state::settings::ThemeChoice;
use crate::app::state::settings_file::SettingsFile;
use crate::app::state::snapshot::Snapshot;
use crate::app::theme::{
    self, GAP_L, INSPECTOR_WIDTH, SIDE_BAR_WIDTH, STATUS_BAR_HEIGHT, TOP_BAR_HEIGHT, Tokens,
};
use crate::app::views::context::ViewContext;
use crate::app::views::{self, ViewState};
use crate::app::widgets::focus::release_focus;
use crate::text::search_key;
use crate::vision::DeviceChoice;

/// How the window starts.
#[derive(Clone, Debug, Default)]
pub struct AppOptions {
    /// The library to open; `None`: the last one.
    pub library: Option<PathBuf>,
    /// A folder to scan at once.
    pub folder: Option<PathBuf>,
    /// The settings file; `None`: settings are not saved.
    pub settings: Option<PathBuf>,
    /// The folder for the demo photos.
    pub demo_folder: Option<PathBuf>,
    /// The devices to choose from; `None`: those of this build.
    pub devices: Option<Vec<DeviceChoice>>,
}

/// How long closing the program waits for threads after all commands are stored.
const CLOSE_TIMEOUT: Duration = Duration::from_millis(30);

/// The library in the window.
pub(in crate::app) enum LibraryState {
    /// Opening, or open once `Session::threads` is set.
    Session(Box<Session>),
    Failed {
        path: PathBuf,
        reason: String,
    },
}

/// The program's window.
pub struct App {
    pub(in crate::app) ctx: egui::Context,
    pub(in crate::app) library: LibraryState,
    pub(in crate::app) memory: SettingsFile,
    pub(in crate::app) navigation: Navigation,
    pub(in crate::app) selection: Selections,
    pub(in crate::app) naming: Option<Naming>,
    pub(in crate::app) name_offers: NameOffers,
    pub(in crate::app) view_state: ViewState,
    pub(in crate::app) search: SearchBox,
    pub(in crate::app) toasts: Toasts,
    pub(in crate::app) palette: Option<Palette>,
    pub(in crate::app) dialog: Option<Dialog>,
    pub(in crate::app) file_dialogs: FileDialogs,
    pub(in crate::app) demo_folder: PathBuf,
    /// Scanned as soon as the library is open.
    pub(in crate::app) folder_to_scan: Option<PathBuf>,
    inspector: InspectorState,
    /// A dialog, the palette or the error panel had the keyboard in the last frame.
    was_covered: bool,
    pub(in crate::app) closing: Closing,
    /// The devices to choose from.
    devices: Vec<DeviceChoice>,
    commands: Vec<UiCommand>,
    actions: Vec<Action>,
    /// Whether the library has been drawn and logged once; `benches/startup.py` waits for the log line.
    shown: bool,
}

impl App {
    pub fn new(ctx: &egui::Context, options: AppOptions) -> App {
        theme::install(ctx);
        let memory = SettingsFile::load(options.settings);
        ctx.set_theme(memory.settings.theme.preference());
        let library = options
            .library
            .or_else(|| memory.settings.library.clone())
            .or_else(crate::library::Library::default_path);
        let mut app = App {
            ctx: ctx.clone(),
            library: LibraryState::Failed {
                path: PathBuf::new(),
                reason: "This system has no default folder for a library. Create a library in a file of your choice.".to_owned(),
            },
            memory,
            navigation: Navigation::default(),
            selection: Selections::default(),
            naming: None,
            name_offers: NameOffers::default(),
            view_state: ViewState::default(),
            search: SearchBox::default(),
            toasts: Toasts::default(),
            palette: None,
            dialog: None,
            file_dialogs: FileDialogs::default(),
            demo_folder: options.demo_folder.unwrap_or_else(crate::app::demo::default_folder),
            folder_to_scan: options.folder,
            inspector: InspectorState::default(),
            was_covered: false,
            closing: Closing::default(),
            devices: options.devices.unwrap_or_else(DeviceChoice::built),
            commands: Vec::new(),
            actions: Vec::new(),
            shown: false,
        };
        if let Some(path) = library {
            app.open_library(path);
        }
        app
    }

    /// The library as last read; empty while none is open.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        match &self.library {
            LibraryState::Session(session) => session.snapshot.clone(),
            LibraryState::Failed { .. } => Arc::default(),
        }
    }

    pub fn page(&self) -> Page {
        self.navigation.page()
    }

    /// True when nothing is in progress: the library is open, every command is done and shown, no scan and no export
    /// runs.
    pub fn is_at_rest(&self) -> bool {
        let is_settled = self.actions.is_empty() && self.commands.is_empty();
        match &self.library {
            LibraryState::Session(session) => is_settled && session.is_at_rest(),
            LibraryState::Failed { .. } => is_settled,
        }
    }

    /// True when every picture requested in the last frame is loaded.
    pub fn has_all_pictures(&self) -> bool {
        match &self.library {
            LibraryState::Session(session) => session.has_all_pictures(),
            LibraryState::Failed { .. } => false,
        }
    }

    /// The device for the networks. The settings may name one that this build does not have.
    pub(in crate::app) fn device(&self) -> DeviceChoice {
        let chosen = self.memory.settings.device;
        if self.devices.contains(&chosen) {
            chosen
        } else {
            DeviceChoice::Cpu
        }
    }

    /// The libraries that are being closed.
    pub fn closing(&self) -> Closing {
        self.closing.clone()
    }

    /// Closes the library in the window, without waiting for it.
    pub(in crate::app) fn close_library(&mut self) {
        let closed = LibraryState::Failed {
            path: PathBuf::new(),
            reason: String::new(),
        };
        if let LibraryState::Session(session) = std::mem::replace(&mut self.library, closed) {
            session.close(&self.closing);
        }
    }

    /// Shows why no library is open.
    pub(in crate::app) fn fail_library(&mut self, path: PathBuf, reason: String) {
        self.close_library();
        self.library = LibraryState::Failed { path, reason };
    }

    /// The messages of the toasts, the oldest first.
    pub fn messages(&self) -> Vec<String> {
        self.toasts.messages().map(str::to_owned).collect()
    }

    /// Requests an action as a view does; it runs in the next frame.
    pub fn push(&mut self, action: Action) {
        self.actions.push(action);
    }

    /// Gives the command at the start of the next frame, so that the view shown can take it.
    pub(in crate::app) fn run_next_frame(&mut self, command: UiCommand) {
        self.commands.push(command);
        self.ctx.request_repaint();
    }

    pub fn frame(&mut self, ui: &mut Ui) {
        self.handle_events();
        let mut keys = self.page_keys();
        self.commands.append(&mut keys.commands);
        if self.ctx.input(|input| input.viewport().close_requested()) {
            // Storing the last commands takes a moment; the window is hidden meanwhile.
            self.ctx
                .send_viewport_cmd(egui::ViewportCommand::Visible(false));
        }
        self.library_ui(ui, keys);
        self.overlays_ui();
        self.run_requests();
        if let Some(error) = self.memory.follow_window(&self.ctx) {
            self.toasts.problem(as_message(&error.to_string()));
        }
    }

    /// The keys of the page in this frame: none while something covers it.
    fn page_keys(&mut self) -> PageKeys {
        let covered =
            self.dialog.is_some() || self.palette.is_some() || self.toasts.errors.is_open();
        if covered && !std::mem::replace(&mut self.was_covered, covered) {
            release_focus(&self.ctx);
        }
        self.was_covered = covered;
        PageKeys::take(&self.ctx, covered)
    }

    fn library_ui(&mut self, ui: &mut Ui, keys: PageKeys) {
        if self.is_library_shown() {
            return self.open_ui(ui, keys);
        }
        // The status bar, which has the bell elsewhere, is not drawn here.
        self.selection.show(&Shown::Nothing);
        if !self.toasts.errors.is_empty() {
            let (errors, actions) = (&self.toasts.errors, &mut self.actions);
            status_panel(Tokens::of(&self.ctx)).show(ui, |ui| {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    bell_ui(ui, errors, actions)
                });
            });
        }
        let actions = &mut self.actions;
        match &self.library {
            LibraryState::Failed { reason, .. } => {
                CentralPanel::default().show(ui, |ui| failed_ui(ui, reason, actions));
            }
            LibraryState::Session(session)
                if session.threads.is_none() || session.snapshot.version == 0 =>
            {
                let path = session.path.clone();
                CentralPanel::default().show(ui, |ui| opening_ui(ui, &path));
            }
            LibraryState::Session(_) => {
                CentralPanel::default().show(ui, |ui| welcome_ui(ui, actions));
            }
        }
    }

    /// Whether a library is open, and it is not empty or is being scanned.
    fn is_library_shown(&self) -> bool {
        match &self.library {
            LibraryState::Session(session) => {
                let is_read = session.threads.is_some() && session.snapshot.version > 0;
                is_read && (!session.snapshot.is_empty() || session.scan.is_some())
            }
            LibraryState::Failed { .. } => false,
        }
    }

    /// The window with an open library.
    fn open_ui(&mut self, ui: &mut Ui, keys: PageKeys) {
        let LibraryState::Session(session) = &mut self.library else {
            return;
        };
        // A drive may have been connected, or a folder moved, meanwhile.
        if self
            .ctx
            .input(|input| input.events.contains(&egui::Event::WindowFocused(true)))
        {
            session.queries.query_again(Query::GoneFolders);
        }
        session.begin_frame();
        let Some(threads) = &mut session.threads else {
            return;
        };
        if !std::mem::replace(&mut self.shown, true) {
            tracing::debug!("the library is shown");
        }
        let search_text = search_key(self.search.text.trim());
        let tokens = Tokens::of(&self.ctx);
        let export = threads.export.state();
        let mut cx = ViewContext {
            page: self.navigation.page(),
            snapshot: &session.snapshot,
            queries: &mut session.queries,
            pictures: &mut threads.pictures,
            selection: &mut self.selection,
            naming: &mut self.naming,
            name_offers: &mut self.name_offers,
            search: &search_text,
            sort: self.memory.settings.sort,
            face_sort: self.memory.settings.face_sort,
            card_size: self.memory.settings.card_size,
            filmstrip: self.navigation.filmstrip(),
            scan: session.scan.as_ref(),
            model_is_outdated: session.model_is_outdated,
            folder_change: session.folder_change,
            tokens,
            shift: keys.shift,
            step: keys.step,
            capital: keys.capital,
            commands: &mut self.commands,
            actions: &mut self.actions,
        };
        let state = &mut self.view_state;
        views::prepare(&self.ctx, &mut cx, state);
        let questions = state.waiting_questions(cx.queries);
        let chrome = |margin: Margin| Frame::new().fill(tokens.chrome).inner_margin(margin);
        let settings = &self.memory.settings;
        let devices = &self.devices;
        let errors = &self.toasts.errors;
        status_panel(tokens).show(ui, |ui| status_bar_ui(ui, &mut cx, export, errors));
        Panel::left("side bar")
            .exact_size(SIDE_BAR_WIDTH)
            .resizable(false)
            .frame(chrome(Margin::symmetric(8, 8)))
            .show(ui, |ui| {
                side_bar_ui(ui, &mut cx, questions, settings, devices)
            });
        if self.memory.settings.inspector
            && cx.page.has_inspector()
            && self.ctx.content_rect().width() >= inspector::MIN_WINDOW_WIDTH
        {
            Panel::right("inspector")
                .exact_size(INSPECTOR_WIDTH)
                .resizable(false)
                .frame(chrome(Margin::same(inspector::MARGIN)))
                .show(ui, |ui| inspector_ui(ui, &mut cx, &mut self.inspector));
        }
        let (search, can_go_back) = (&mut self.search, self.navigation.can_go_back());
        Panel::top("top bar")
            .exact_size(TOP_BAR_HEIGHT)
            .resizable(false)
            .show_separator_line(false)
            .frame(
                Frame::new()
                    .fill(tokens.surface)
                    .inner_margin(Margin::symmetric(GAP_L as i8, 0)),
            )
            .show(ui, |ui| top_bar_ui(ui, &mut cx, search, can_go_back));
        CentralPanel::default()
            .frame(Frame::new().fill(tokens.surface))
            .show(ui, |ui| views::page_ui(ui, &mut cx, state));
    }

    /// What lies above the window: dialog, palette, errors, toasts.
    fn overlays_ui(&mut self) {
        let snapshot = self.snapshot();
        if let Some(dialog) = &mut self.dialog {
            match dialog.ui(&self.ctx, &snapshot) {
                DialogOutput::Open => {}
                DialogOutput::Closed => {
                    self.dialog = None;
                    if let LibraryState::Session(session) = &self.library {
                        session.stop_looking();
                    }
                }
                DialogOutput::Asks(action) => self.actions.push(action),
                DialogOutput::Chosen(action) => {
                    self.dialog = None;
                    self.actions.push(action);
                }
            }
        }
        if let Some(palette) = &mut self.palette
            && let Some(chosen) = palette.ui(&self.ctx, &snapshot)
        {
            self.palette = None;
            self.actions.extend(chosen);
        }
        self.toasts.errors.panel_ui(&self.ctx);
        self.toasts.ui(&self.ctx, &mut self.actions);
        crate::app::shell::drop::drop_ui(&self.ctx, &mut self.actions);
    }

    /// Runs the commands and actions of the frame, then sends the queries of the views.
    fn run_requests(&mut self) {
        for command in std::mem::take(&mut self.commands) {
            self.run_command(command);
        }
        for action in std::mem::take(&mut self.actions) {
            self.update(action);
        }
        if let LibraryState::Session(session) = &mut self.library {
            session.end_frame();
        }
    }

    /// Runs a command that no view has taken.
    pub(in crate::app) fn run_command(&mut self, command: UiCommand) {
        match command {
            UiCommand::Escape => return self.escape(),
            UiCommand::Palette => return self.palette = Some(Palette::new(&self.devices)),
            UiCommand::Errors => return self.toasts.errors.open(),
            UiCommand::Inspector => {
                return self.memory.settings.inspector = !self.memory.settings.inspector;
            }
            UiCommand::Quit => return self.ctx.send_viewport_cmd(egui::ViewportCommand::Close),
            _ => {}
        }
        let action = match &mut self.library {
            LibraryState::Session(session) => {
                let mut scene = CommandContext {
                    snapshot: &session.snapshot,
                    queries: &mut session.queries,
                    selection: &self.selection,
                    navigation: &self.navigation,
                    settings: &self.memory.settings,
                    scan_paused: session.scan.as_ref().map(|scan| scan.paused),
                };
                scene.action(command)
            }
            LibraryState::Failed { .. } => without_library(command),
        };
        match action {
            Ok(action) => {
                // The faces that a command changes may leave the page.
                if matches!(action, Action::Change(Change::Execute(_))) {
                    self.selection.faces.clear();
                }
                self.update(action);
            }
            Err(hint) => self.toasts.note(hint),
        }
    }

    /// Escape ends the first of these that exists: the name being typed, the selection, the search, the page.
    fn escape(&mut self) {
        if self.naming.take().is_some() {
            return;
        }
        if !self.selection.is_empty() {
            self.selection.clear();
        } else if !self.search.text.is_empty() {
            self.search.text.clear();
        } else if self.navigation.page().is_below() {
            self.go_back();
        }
    }
}

fn status_panel(tokens: &Tokens) -> Panel {
    let frame = Frame::new()
        .fill(tokens.chrome)
        .inner_margin(Margin::symmetric(16, 0));
    Panel::bottom("status bar")
        .exact_size(STATUS_BAR_HEIGHT)
        .resizable(false)
        .frame(frame)
}

fn without_library(command: UiCommand) -> Result<Action, &'static str> {
    match command {
        UiCommand::OpenLibrary => Ok(Action::OpenLibrary),
        UiCommand::NewLibrary => Ok(Action::NewLibrary),
        UiCommand::ThemeSystem => Ok(Action::SetTheme(ThemeChoice::System)),
        UiCommand::ThemeLight => Ok(Action::SetTheme(ThemeChoice::Light)),
        UiCommand::ThemeDark => Ok(Action::SetTheme(ThemeChoice::Dark)),
        _ => Err("Open a library first."),
    }
}

impl eframe::App for App {
    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        self.frame(ui);
    }

    fn persist_egui_memory(&self) -> bool {
        false
    }
}

impl Drop for App {
    /// The end of the program: the window is already hidden.
    fn drop(&mut self) {
        self.close_library();
        self.memory.save_now();
        self.closing.finish(CLOSE_TIMEOUT);
    }
}
