//! The status bar at the bottom: what is being done, how long it takes, and how to stop it.

use std::path::Path;

use egui::{Align, Layout, ProgressBar, Ui};

use crate::app::commands::action::Action;
use crate::app::commands::ui_command::UiCommand;
use crate::app::shell::errors::{ErrorLog, bell_ui};
use crate::app::state::navigation::Page;
use crate::app::state::progress::ExportState;
use crate::app::state::progress::{ScanStage, ScanState, Stopping};
use crate::app::theme::Tokens;
use crate::app::views::command_menu::command_button_ui;
use crate::app::views::context::ViewContext;
use crate::app::widgets::counts::{counted, thousands};
use crate::scan::{Phase, Progress};
use crate::text::duration;

/// Width of the progress bar, in points.
const BAR: f32 = 120.0;

pub fn status_bar_ui(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    export: Option<ExportState>,
    errors: &ErrorLog,
) {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        bell_ui(ui, errors, cx.actions);
        if let (Some(_), Some(export)) = (cx.scan, export) {
            export_buttons_ui(ui, cx, export);
            ui.label(export_message(export));
            ui.separator();
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            match (cx.scan, export) {
                (Some(scan), _) => scan_ui(ui, cx, scan),
                (None, Some(export)) => export_ui(ui, cx, export),
                (None, None) => match cx.folder_change {
                    Some(what) => {
                        ui.label(what);
                    }
                    None => summary_ui(ui, cx),
                },
            }
        });
    });
}

fn scan_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, scan: &ScanState) {
    bar_ui(ui, cx.tokens, scan.progress.as_ref().and_then(fraction));
    ui.label(scan_message(scan));
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let label = if scan.stops_grouping() {
            "Stop grouping"
        } else {
            "Stop"
        };
        ui.add_enabled_ui(scan.stopping != Stopping::All, |ui| {
            if command_button_ui(ui, UiCommand::StopScan, label).clicked() {
                cx.push(Action::StopScan);
            }
        });
        ui.add_enabled_ui(!scan.stops_grouping(), |ui| {
            let label = if scan.paused { "Resume" } else { "Pause" };
            if command_button_ui(ui, UiCommand::PauseScan, label).clicked() {
                cx.push(if scan.paused {
                    Action::ResumeScan
                } else {
                    Action::PauseScan
                });
            }
        });
        problems_ui(
            ui,
            cx,
            scan.progress
                .as_ref()
                .map_or(0, |progress| progress.problems),
        );
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            if let Some(file) = scan
                .progress
                .as_ref()
                .and_then(|progress| progress.current.as_deref())
                .and_then(Path::file_name)
            {
                ui.add(egui::Label::new(cx.tokens.small(file.to_string_lossy())).truncate());
            }
        });
    });
}

/// "Scanning Pictures: 312 of 8,412 photos · 1,204 faces · 14 photos/s · 9 min left".
pub fn scan_message(scan: &ScanState) -> String {
    match (scan.stage, &scan.progress) {
        (ScanStage::Grouping, _) if scan.stopping == Stopping::All => {
            "Stopping the grouping…".to_owned()
        }
        (ScanStage::Grouping, _) if scan.is_migration => {
            "Grouping faces by the better model…".to_owned()
        }
        (ScanStage::Grouping, _) => "Grouping faces…".to_owned(),
        _ if scan.stopping != Stopping::Nothing => "Stopping after the current photos…".to_owned(),
        (ScanStage::Preparing, _) | (ScanStage::Scanning, None) => {
            "Loading the face models…".to_owned()
        }
        (ScanStage::Scanning, Some(progress)) if progress.phase == Phase::Walking => {
            format!(
                "Looking for photos in {}: {}",
                scan.what,
                thousands(progress.photos_total)
            )
        }
        (ScanStage::Scanning, Some(progress)) => progress_message(scan, progress),
    }
}

fn progress_message(scan: &ScanState, progress: &Progress) -> String {
    let doing = match (scan.paused, scan.is_migration) {
        (true, _) => "Paused",
        (false, true) => "Updating",
        (false, false) => "Scanning",
    };
    let mut parts = vec![
        format!(
            "{doing} {}: {} of {}",
            scan.what,
            thousands(progress.photos_done),
            counted(progress.photos_total, "photo")
        ),
        counted(progress.faces, "face"),
    ];
    if !scan.paused {
        parts.push(format!("{:.1} photos/s", progress.photos_per_second));
        parts.extend(
            progress
                .seconds_left
                .map(|seconds| format!("{} left", duration(seconds))),
        );
    }
    parts.join(" · ")
}

fn fraction(progress: &Progress) -> Option<f32> {
    let known = progress.phase != Phase::Walking && progress.photos_total > 0;
    known.then(|| progress.photos_done as f32 / progress.photos_total as f32)
}

/// A thin bar, empty while the total is unknown.
fn bar_ui(ui: &mut Ui, tokens: &Tokens, fraction: Option<f32>) {
    let bar = ProgressBar::new(fraction.unwrap_or(0.0))
        .desired_width(BAR)
        .desired_height(6.0)
        .fill(tokens.accent);
    ui.add(bar).accessible_name("Progress");
}

fn export_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, export: ExportState) {
    bar_ui(
        ui,
        cx.tokens,
        Some(export.photos_done as f32 / export.photos_total.max(1) as f32),
    );
    ui.label(export_message(export));
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        export_buttons_ui(ui, cx, export);
    });
}

/// "Writing albums: 12 of 48 photos · 2 more exports wait".
fn export_message(export: ExportState) -> String {
    if export.stopping {
        return "Stopping the export after the current photo…".to_owned();
    }
    let mut message = format!(
        "Writing albums: {} of {}",
        thousands(export.photos_done),
        counted(export.photos_total, "photo")
    );
    if export.waiting > 0 {
        let verb = if export.waiting == 1 { "waits" } else { "wait" };
        let waiting = counted(export.waiting as u64, "more export");
        message = format!("{message} · {waiting} {verb}");
    }
    message
}

/// Draws the buttons of the export, from right to left.
fn export_buttons_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, export: ExportState) {
    if export.waiting > 0
        && ui
            .button("Stop all exports")
            .on_hover_text("Stop after the current photo, and cancel the waiting exports.")
            .clicked()
    {
        cx.push(Action::StopAllExports);
    }
    ui.add_enabled_ui(!export.stopping, |ui| {
        if ui
            .button("Stop export")
            .on_hover_text("Stop after the current photo; photos written so far stay.")
            .clicked()
        {
            cx.push(Action::StopExport);
        }
    });
}

fn summary_ui(ui: &mut Ui, cx: &mut ViewContext<'_>) {
    let counts = &cx.snapshot.counts;
    let photos = counted(counts.photos.into(), "photo");
    let faces = counted(counts.faces.into(), "face");
    ui.label(cx.tokens.small(format!("{photos} · {faces}")));
    let away = counts.vanished;
    if away > 0 {
        ui.label(cx.tokens.small("·"));
        let label = format!("{} away", thousands(away.into()));
        let link = ui.link(cx.tokens.small(label));
        if link
            .on_hover_text(UiCommand::Away.tooltip_with_key(ui.ctx()))
            .clicked()
        {
            cx.go(Page::Away);
        }
    }
    if cx.model_is_outdated {
        ui.label(cx.tokens.small("·"));
        let link = ui.link(cx.tokens.small("Faces can be compared better"));
        let tooltip = UiCommand::Migrate.tooltip_with_key(ui.ctx());
        if link.on_hover_text(tooltip).clicked() {
            cx.push(Action::Migrate);
        }
    }
    let problems = counts.problems.into();
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        problems_ui(ui, cx, problems)
    });
}

fn problems_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, problems: u64) {
    if problems == 0 {
        return;
    }
    let label = format!("{} with problems", counted(problems, "file"));
    if ui
        .link(label)
        .on_hover_text("Show the files and the reasons")
        .clicked()
    {
        cx.go(Page::Problems);
    }
}
